-- ARGV[3] how many at most. Replies the ids of the routes that expired.
local ids = call('ZRANGEBYSCORE', prefix .. 'pending', '-inf', now, 'LIMIT', 0, ARGV[3])
for _, id in ipairs(ids) do
  local r = route_of(id)
  give_back(r.body)
  move(r, 'E')
end
flush()
return ids
