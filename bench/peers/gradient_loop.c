/* SPDX-License-Identifier: BSD-3-Clause
   Calls a log-density gradient of stanli's C interface in a loop, so that no Python call is in the time. The point moves
   a little every time, so that nothing can be kept from the call before. Returns how many calls failed. */
#include <stdint.h>

typedef int (*gradient)(void* model, const double* q, double* log_density, double* grad);

int64_t gradient_loop(gradient f, void* model, double* q, double* log_density, double* grad, int64_t calls) {
  const double start = q[0];
  int64_t failed = 0;
  for (int64_t i = 0; i < calls; ++i) {
    q[0] = start + 1e-9 * (double)i;
    failed += f(model, q, log_density, grad) != 0;
  }
  q[0] = start;
  return failed;
}
