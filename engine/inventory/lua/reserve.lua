-- ARGV[3..]: for each order its body (see route_of) and its answer: fingerprint, route id, record.
-- Replies the position when all were reserved, else {position, outcome ...}; an outcome is 0 for reserved, {1, answer}
-- for replayed, 2 for reused, {3, cells and capacity} for a conflict, {4, state} for refused.
local RESERVED, REPLAYED, REUSED, CONFLICT, REFUSED = 0, 1, 2, 3, 4
local bodies, keys = {}, {}
for i = 3, #ARGV, 2 do
  local body = cmsgpack.unpack(ARGV[i])
  bodies[#bodies + 1] = body
  keys[#keys + 1] = prefix .. 'request:' .. body[1]
  keys[#keys + 1] = prefix .. 'route:' .. body[2]
end
local stored = call('MGET', unpack(keys))
local answered, created, pending = {}, {}, {}

local NOTHING = {false, 0, 0}

local function undo_all(undo)
  for i = #undo, 1, -1 do
    local u = undo[i]
    u[1][1], u[1][2] = u[2], u[3]
  end
end

local function take(body)
  local vip, claims, capacity = body[4], body[8], body[9]
  local undo, before, short_cells, short_days = {}, {}, nil, nil -- before: what the replaced route's cells and days held
  local old
  if body[3] ~= '' then
    old = route_of(body[3])
    if not old or not live(old) or (old.state == 'C') ~= body[10] then return {REFUSED, old and old.state or ''} end
    give_back(old.body, undo)
    for _, u in ipairs(undo) do before[u[1]] = before[u[1]] or u end
  end
  for i = 1, #claims, 3 do
    local c = cell_of(claims[i], claims[i + 1])
    local open = c[2] - c[1] - c[3]
    if not vip then open = open - c[4] end
    undo[#undo + 1] = {c, c[1], c[2]}
    c[1] = c[1] + claims[i + 2]
    if open < claims[i + 2] and not (before[c] and c[1] <= before[c][2]) then
      short_cells = short_cells or {}
      short_cells[#short_cells + 1] = i
    end
  end
  for i = 1, #capacity, 6 do
    local c = capacity_of(capacity[i], capacity[i + 1])
    undo[#undo + 1] = {c, c[1], c[2]}
    c[1], c[2] = c[1] + capacity[i + 2], c[2] + capacity[i + 3]
    local held = before[c] or NOTHING
    if (capacity[i + 4] >= 0 and c[1] > capacity[i + 4] and c[1] > held[2])
      or (capacity[i + 5] >= 0 and c[2] > capacity[i + 5] and c[2] > held[3]) then
      short_days = short_days or {}
      short_days[#short_days + 1] = i
    end
  end
  if not short_cells and not short_days then
    if old then move(old, 'X') end
    return nil
  end
  undo_all(undo)
  local of_cells, of_days = {}, {}
  for _, i in ipairs(short_cells or {}) do
    local c = cell_of(claims[i], claims[i + 1])
    for _, value in ipairs({claims[i], claims[i + 1], c[2], c[1], c[3], c[4]}) do of_cells[#of_cells + 1] = value end
  end
  for _, i in ipairs(short_days or {}) do
    local c = capacity_of(capacity[i], capacity[i + 1])
    for _, value in ipairs({capacity[i], capacity[i + 1], c[1], c[2]}) do of_days[#of_days + 1] = value end
  end
  return {CONFLICT, cmsgpack.pack({of_cells, of_days})}
end

local outcomes, all_reserved = {0}, true
for n, body in ipairs(bodies) do
  local answer = ARGV[2 * n + 2]
  local known = answered[body[1]] or stored[2 * n - 1]
  local outcome
  if known then
    outcome = same_request(known, answer) and {REPLAYED, known} or REUSED
  elseif stored[2 * n] or created[body[2]] then
    outcome = REUSED
  else
    outcome = take(body)
  end
  if outcome then
    all_reserved = false
  else
    outcome = RESERVED
    answered[body[1]] = answer
    local r = {state = 'N', body = body}
    if #body[8] > 0 or #body[9] > 0 then r.state = body[10] and 'C' or 'P' end
    routes[body[2]] = r
    created[body[2]] = n
  end
  outcomes[n + 1] = outcome
end
for id, n in pairs(created) do
  local r = routes[id]
  if r.state == 'N' then
    call('SET', prefix .. 'route:' .. id, 'N' .. ARGV[2 * n + 1], 'EX', r.body[7])
  elseif r.state == 'C' then
    call('SET', prefix .. 'route:' .. id, 'C' .. ARGV[2 * n + 1])
    call('SADD', prefix .. 'confirmed', id)
  else
    call('SET', prefix .. 'route:' .. id, 'P' .. ARGV[2 * n + 1])
    pending[#pending + 1], pending[#pending + 2] = r.body[5], id
  end
  call('SET', keys[2 * n - 1], ARGV[2 * n + 2], 'EX', r.body[7])
end
if #pending > 0 then call('ZADD', prefix .. 'pending', unpack(pending)) end
local position = flush()
if all_reserved then return position end
outcomes[1] = position
return outcomes
