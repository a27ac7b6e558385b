/* What every preview 3 service starts with. */
#ifndef SERVICE_H
#define SERVICE_H

#include "http.h"

/* Answers one request: hands a response to `reply` and may then go on. */
void answer(request_t request);
void reply(response_t response);

#endif
