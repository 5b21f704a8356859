// SPDX-License-Identifier: MIT
/* In place of the io_uring engine, where the library is built without liburing. */
#include "engine/family.h"

#include <errno.h>

int uring_open(size_t turn_bytes, struct engine **out, struct engine_refusal *refusal)
{
    (void)turn_bytes;
    (void)out;
    *refusal = (struct engine_refusal){"a build without liburing", -ENOTSUP};
    return -ENOTSUP;
}
