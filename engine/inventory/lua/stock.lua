-- ARGV[3] 'adjust' or 'count', ARGV[4] request id, ARGV[5] fingerprint (length, bytes), ARGV[6] seconds to keep the
-- answer, ARGV[7] the rows: {sku, node, units, as of ...} or {sku, node, on hand, as of, safety, protected ...}, -1 for none.
-- Replies {0, fingerprint and cells}, 1 for reused, {2, row, on hand, reserved} where on hand would leave its range.
local OK, REUSED, OUT_OF_RANGE = 0, 1, 2
local MAX_ON_HAND = 2000000000
local key, fingerprint, rows = prefix .. 'request:' .. ARGV[4], ARGV[5], cmsgpack.unpack(ARGV[7])
local known = call('GET', key)
if known then
  if same_request(known, fingerprint) then return {OK, known} end
  return REUSED
end

local function change(c, on_hand)
  local by = on_hand - c[2]
  if by > 0 then received = received + by else written_off = written_off - by end
  c[2] = on_hand
end

local result = {}
local function answer_with(sku, node, c)
  for _, value in ipairs({sku, node, c[2], c[1], c[3], c[4]}) do result[#result + 1] = value end
end

if ARGV[3] == 'adjust' then
  for i = 1, #rows, 4 do
    local c, units, as_of = cell_of(rows[i], rows[i + 1]), rows[i + 2], rows[i + 3]
    if as_of < 0 or as_of >= c[5] then -- else it is in the count
      if (units < 0 and c[2] + units < c[1]) or c[2] + units > MAX_ON_HAND then
        return {OUT_OF_RANGE, (i - 1) / 4, c[2], c[1]}
      end
      change(c, c[2] + units)
      c[6] = math.max(c[6], as_of < 0 and now or as_of)
    end
    answer_with(rows[i], rows[i + 1], c)
  end
else
  for i = 1, #rows, 6 do
    local c, as_of = cell_of(rows[i], rows[i + 1]), rows[i + 3]
    if as_of >= c[5] and as_of >= c[6] then -- else it knows nothing of what came or went since
      change(c, rows[i + 2])
      if rows[i + 4] >= 0 then c[3] = rows[i + 4] end
      if rows[i + 5] >= 0 then c[4] = rows[i + 5] end
      c[5] = as_of
    end
    answer_with(rows[i], rows[i + 1], c)
  end
end
local answer = fingerprint .. cmsgpack.pack(result)
call('SET', key, answer, 'EX', ARGV[6])
flush()
return {OK, answer}
