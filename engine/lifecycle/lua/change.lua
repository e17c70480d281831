-- One change of one life and of the stock it touches. Everything is checked before anything is written.
-- ARGV[3] request id, ARGV[4] fingerprint (length, bytes), ARGV[5] seconds to keep the answer, ARGV[6] order id, ARGV[7] the
-- version it was made from (0: there is none), ARGV[8] the life after, ARGV[9] effects, ARGV[10] marks, ARGV[11..] events.
-- An effect: {'adopt', route}; {'allocate', id, claims, capacity} as in a route's body; {'free', id}; {'ship', id};
-- {'empty', sku, node, units missing}; {'return', sku, node, units}; {'discard', sku, node, units}.
-- A mark: index, member, score, or false to take it out; flat.
-- Replies {0, version}, {1, answer} for answered before, 2 for reused, {3, version} for a life that has moved on,
-- {4, route} for a route that is not held any more, {5, id} for an allocation that is
-- not there (or there already), or a SKU of which more is allocated than was given back.
local DONE, ANSWERED, REUSED, STALE, NOT_HELD, NO_ALLOCATION = 0, 1, 2, 3, 4, 5
local request_key, fingerprint, order_id = prefix .. 'request:' .. ARGV[3], ARGV[4], ARGV[6]
local known = call('GET', request_key)
if known then
  if same_request(known, fingerprint) then return {ANSWERED, known} end
  return REUSED
end
local life_key = prefix .. 'life:' .. order_id
local version = tonumber(call('HGET', life_key, 'version') or 0)
if version ~= tonumber(ARGV[7]) then return {STALE, version} end

local DAY_S, DAYS_KEPT = 86400, 91
local left = {} -- flat: SKU, node, units
local allocations, shipped, returned = {}, 0, 0 -- allocations: id to {claims, capacity}, or false once it has ended
local function allocation_of(id)
  local a = allocations[id]
  if a == nil then
    local stored = call('HGET', prefix .. 'allocations', id)
    a = stored and cmsgpack.unpack(stored)
    allocations[id] = a
  end
  return a
end

for _, effect in ipairs(cmsgpack.unpack(ARGV[9])) do
  local what, id = effect[1], effect[2]
  if what == 'adopt' then
    local r = route_of(id)
    if not r or r.state ~= 'P' or not live(r) then return {NOT_HELD, id} end
    give_back(r.body)
    move(r, 'X')
  elseif what == 'allocate' then
    if allocation_of(id) then return {NO_ALLOCATION, id} end
    local claims, capacity = effect[3], effect[4]
    for i = 1, #claims, 3 do
      local c = cell_of(claims[i], claims[i + 1])
      c[1] = c[1] + claims[i + 2]
    end
    for i = 1, #capacity, 6 do
      local c = capacity_of(capacity[i], capacity[i + 1])
      c[1], c[2] = c[1] + capacity[i + 2], c[2] + capacity[i + 3]
    end
    allocations[id] = {claims, capacity}
  elseif what == 'free' or what == 'ship' then
    local a = allocation_of(id)
    if not a then return {NO_ALLOCATION, id} end
    local claims = a[1]
    if what == 'free' then
      give_back({[8] = claims, [9] = a[2]})
    else -- the day's capacity was used, so it does not come back
      for i = 1, #claims, 3 do
        local c, units = cell_of(claims[i], claims[i + 1]), claims[i + 2]
        c[1] = c[1] - units
        if c[2] < units then -- counted too low: it was there
          received = received + units - c[2]
          c[2] = units
        end
        c[2] = c[2] - units
        c[6] = math.max(c[6], now)
        shipped = shipped + units
        left[#left + 1], left[#left + 2], left[#left + 3] = claims[i], claims[i + 1], units
      end
    end
    allocations[id] = false
  else
    local c, units = cell_of(id, effect[3]), effect[4]
    if what == 'empty' then -- nothing is left there but what others were promised
      local left = math.max(0, math.min(c[2] - units, c[1]))
      if left < c[2] then
        written_off = written_off + c[2] - left
        c[2] = left
      end
      c[5] = math.max(c[5], now)
    elseif what == 'return' then
      returned = returned + units
      c[2] = c[2] + units
      c[6] = math.max(c[6], now)
    else -- discard: it came back and is not worth keeping
      returned = returned + units
      written_off = written_off + units
    end
  end
end

for sku, of in pairs(cells) do -- I1: a change only gives back, or passes on
  for _, c in pairs(of) do
    local _, reserved = sunpack(CELL, c.stored)
    if c[1] > reserved then return {NO_ALLOCATION, sku} end
  end
end

call('HSET', life_key, 'version', version + 1, 'life', ARGV[8])
call('SET', request_key, fingerprint .. ARGV[8], 'EX', ARGV[5])
for id, a in pairs(allocations) do
  if a then
    call('HSET', prefix .. 'allocations', id, cmsgpack.pack(a))
  else
    call('HDEL', prefix .. 'allocations', id)
  end
end
local marks = cmsgpack.unpack(ARGV[10])
for i = 1, #marks, 3 do
  if marks[i + 2] then
    call('ZADD', prefix .. marks[i], marks[i + 2], marks[i + 1])
  else
    call('ZREM', prefix .. marks[i], marks[i + 1])
  end
end
for i = 11, #ARGV do
  call('XADD', prefix .. 'events', '*', 'e', ARGV[i])
  call('RPUSH', prefix .. 'timeline:' .. order_id, ARGV[i])
end
for i = 1, #left, 3 do
  local key, today = prefix .. 'left:' .. left[i], math.floor(now / DAY_S)
  call('HINCRBY', key, today .. ':' .. left[i + 1], left[i + 2])
  call('HDEL', key, (today - DAYS_KEPT) .. ':' .. left[i + 1])
  call('EXPIRE', key, DAYS_KEPT * DAY_S)
end
if shipped > 0 then call('HINCRBY', prefix .. 'totals', 'shipped', shipped) end
if returned > 0 then call('HINCRBY', prefix .. 'totals', 'returned', returned) end
flush()
return {DONE, version + 1}
