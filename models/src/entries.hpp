// SPDX-License-Identifier: BSD-3-Clause
// The built-in models, one function each.
#pragma once

#include "credence/models/registry.hpp"

namespace credence::models::detail {

entry eight_schools();
entry eight_schools_centered();
entry kidscore_interaction();
entry logearn_interaction();
entry sblrc_blr();
entry autoregression();
entry garch();
entry two_normals();
entry hidden_markov();
entry gaussian_process_poisson();
entry german_credit_logistic();
entry german_credit_sparse_logistic();
entry item_response_1pl();
entry bioassay();
entry challenger();
entry coal_changepoint();
entry genetic_linkage();
entry pumps();
entry rat_tumours();
entry banana();
entry funnel();

}  // namespace credence::models::detail
