-- Read before each of the other scripts. Cells, capacity and routes as this call sees them: read once, changed in
-- memory, written by flush() at the very end, so that a script that stops half way has changed nothing.
-- KEYS[1] is the ledger's prefix, for example 'onebox:{main}:'; every key below it lies in one slot.
-- ARGV[1] is now (UTC seconds), ARGV[2] the length of the change feed.
local call, spack, sunpack = redis.call, struct.pack, struct.unpack
local prefix, now = KEYS[1], tonumber(ARGV[1])
local CELL, CAPACITY = '<i4i4i4i4I4I4', '<i8i8'
local EMPTY_CELL, EMPTY_CAPACITY = spack(CELL, 0, 0, 0, 0, 0, 0), spack(CAPACITY, 0, 0)
local cells, days, routes = {}, {}, {}
local received, written_off = 0, 0

-- {reserved, on hand, safety, protected, when it was last counted, when units last came or went; stored = the bytes it was
-- read from}
local function cell_of(sku, node)
  local of = cells[sku]
  if not of then of = {}; cells[sku] = of end
  local c = of[node]
  if not c then
    local stored = call('HGET', prefix .. 'stock:' .. sku, node) or EMPTY_CELL
    local on_hand, reserved, safety, protected, counted, moved = sunpack(CELL, stored)
    c = {reserved, on_hand, safety, protected, counted, moved, stored = stored}
    of[node] = c
  end
  return c
end

-- {orders, units; stored}
local function capacity_of(node, day)
  local of = days[day]
  if not of then of = {}; days[day] = of end
  local c = of[node]
  if not c then
    local stored = call('HGET', prefix .. 'capacity:' .. day, node) or EMPTY_CAPACITY
    local orders, units = sunpack(CAPACITY, stored)
    c = {orders, units, stored = stored}
    of[node] = c
  end
  return c
end

-- A route is stored as one letter for its state and then the body as it came: {request, route, replaces, vip, expiry,
-- record expiry, seconds to keep, claims (sku, node, units ...), capacity (node, day, orders, units, limit, limit ...),
-- confirmed}.
local function route_of(id)
  local r = routes[id]
  if r == nil then
    local stored = call('GET', prefix .. 'route:' .. id)
    r = stored and {state = string.sub(stored, 1, 1), body = cmsgpack.unpack(string.sub(stored, 2))}
    routes[id] = r
  end
  return r
end

-- Its units and capacity come back. undo, when given, collects what each touched table held before.
local function give_back(body, undo)
  local claims, capacity = body[8], body[9]
  for i = 1, #claims, 3 do
    local c = cell_of(claims[i], claims[i + 1])
    if undo then undo[#undo + 1] = {c, c[1], c[2]} end
    c[1] = c[1] - claims[i + 2]
  end
  for i = 1, #capacity, 6 do
    local c = capacity_of(capacity[i], capacity[i + 1])
    if undo then undo[#undo + 1] = {c, c[1], c[2]} end
    c[1] = math.max(0, c[1] - capacity[i + 2]) -- the day may have been forgotten
    c[2] = math.max(0, c[2] - capacity[i + 3])
  end
end

local function live(r)
  return r.state == 'C' or (r.state == 'P' and r.body[5] > now)
end

local function move(r, state)
  r.state, r.moved = state, true
end

-- Same fingerprint: both answers begin with its length and then itself.
local function same_request(known, answer)
  local n = string.byte(answer, 1) + 1
  return string.sub(known, 1, n) == string.sub(answer, 1, n)
end

local function write_routes()
  for id, r in pairs(routes) do
    if r and r.moved then
      call('SETRANGE', prefix .. 'route:' .. id, 0, r.state)
      call('ZREM', prefix .. 'pending', id)
      if r.state == 'C' then
        call('SADD', prefix .. 'confirmed', id)
      else
        call('SREM', prefix .. 'confirmed', id)
        call('EXPIRE', prefix .. 'route:' .. id, math.max(1, r.body[6] - now))
      end
    end
  end
end

-- Writes what changed, appends it to the feed as one entry, and returns the feed's position.
local function flush()
  write_routes()
  local changed_cells, changed_capacity = {}, {}
  local n = 0
  for sku, of in pairs(cells) do
    for node, c in pairs(of) do
      local value = spack(CELL, c[2], c[1], c[3], c[4], c[5], c[6])
      if value ~= c.stored then
        call('HSET', prefix .. 'stock:' .. sku, node, value)
        if c.stored == EMPTY_CELL then call('SADD', prefix .. 'skus', sku) end
        changed_cells[n + 1], changed_cells[n + 2], changed_cells[n + 3] = sku, node, c[2]
        changed_cells[n + 4], changed_cells[n + 5], changed_cells[n + 6] = c[1], c[3], c[4]
        n = n + 6
      end
    end
  end
  local m = 0
  for day, of in pairs(days) do
    local written = {}
    for node, c in pairs(of) do
      local value = spack(CAPACITY, c[1], c[2])
      if value ~= c.stored then
        written[#written + 1], written[#written + 2] = node, value
        changed_capacity[m + 1], changed_capacity[m + 2] = node, day
        changed_capacity[m + 3], changed_capacity[m + 4] = c[1], c[2]
        m = m + 4
      end
    end
    if #written > 0 then
      call('HSET', prefix .. 'capacity:' .. day, unpack(written))
      call('EXPIRE', prefix .. 'capacity:' .. day, math.max(1, (day + 35) * 86400 - now))
    end
  end
  if received > 0 then call('HINCRBY', prefix .. 'totals', 'received', received) end
  if written_off > 0 then call('HINCRBY', prefix .. 'totals', 'written_off', written_off) end
  if n + m == 0 then return tonumber(call('GET', prefix .. 'position') or 0) end
  local position = call('INCR', prefix .. 'position')
  call('XADD', prefix .. 'changes', 'MAXLEN', '~', ARGV[2], position .. '-0', 'c',
    cmsgpack.pack({changed_cells, changed_capacity}))
  return position
end
