# SPDX-License-Identifier: BSD-3-Clause
# The floors of the house: a module may include any module on a LOWER floor, never a sibling, never one above.
# The test `floors` reads this table and fails on any other include.
set(CREDENCE_FLOORS
  base:0
  exec:1 random:1 special:1
  tensor:2 graph:2
  table:3 attention:3 distributions:3
  autodiff:4 diagnostics:4 metrics:4 report:4
  optim:5 reparam:5 layers:5 ode:5 processes:5
  estimate:6 bayesnet:6 neighbors:6 variational:6 training:6
  ensemble:7
  samplers:8 models:8
  interop:9 capi:9 apps:9)
