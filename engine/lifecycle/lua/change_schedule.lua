-- One change of a schedule. ARGV[3] request id, ARGV[4] fingerprint (length, bytes), ARGV[5] seconds to keep the answer,
-- ARGV[6] schedule id, ARGV[7] the version it was made from (0: there is none), ARGV[8] the schedule after, ARGV[9] when it orders
-- next, UTC seconds, or ''. Replies 0, 1 where the request was answered before, 3 where the schedule has moved on.
local DONE, ANSWERED, STALE = 0, 1, 3
local request_key, key = prefix .. 'request:' .. ARGV[3], prefix .. 'schedule:' .. ARGV[6]
if call('EXISTS', request_key) == 1 then return ANSWERED end
local version = tonumber(call('HGET', key, 'version') or 0)
if version ~= tonumber(ARGV[7]) then return STALE end
call('HSET', key, 'version', version + 1, 'schedule', ARGV[8])
call('SET', request_key, ARGV[4] .. ARGV[8], 'EX', ARGV[5])
call('SADD', prefix .. 'schedules', ARGV[6])
if ARGV[9] == '' then
  call('ZREM', prefix .. 'schedules due', ARGV[6])
else
  call('ZADD', prefix .. 'schedules due', ARGV[9], ARGV[6])
end
return DONE
