-- SPDX-License-Identifier: MIT
-- wrk writes what request() returns and waits for as many responses as it holds requests, so that
-- sixteen requests in one string are a pipeline of depth 16. tools.py calls it, and gives the depth
-- as the first argument.

local requests

function init(arguments)
    local request = wrk.format()
    requests = string.rep(request, tonumber(arguments[1]))
end

function request()
    return requests
end
