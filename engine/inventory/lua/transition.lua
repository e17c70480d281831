-- ARGV[3] the state to move to (C or R), ARGV[4] request id, ARGV[5] its answer, ARGV[6] seconds to keep the answer,
-- ARGV[7] route id. Replies {0, state, route, answer of the route's own request}, 1 for reused, 2 for not found,
-- {3, state} for a state that does not allow it.
local OK, REUSED, NOT_FOUND, WRONG_STATE = 0, 1, 2, 3
local target, key, answer, id = ARGV[3], prefix .. 'request:' .. ARGV[4], ARGV[5], ARGV[7]
local known = call('GET', key)
if known and not same_request(known, answer) then return REUSED end
local r = route_of(id)
if not r then return NOT_FOUND end
if not known then
  if r.state == 'P' and not live(r) then
    give_back(r.body)
    move(r, 'E')
    flush()
    return {WRONG_STATE, 'E'}
  end
  if r.state ~= 'P' and not (r.state == 'C' and target == 'R') then return {WRONG_STATE, r.state} end
  if target == 'R' then give_back(r.body) end
  move(r, target)
  call('SET', key, answer, 'EX', ARGV[6])
  flush()
end
return {OK, target, call('GET', prefix .. 'route:' .. id), call('GET', prefix .. 'request:' .. r.body[1])}
