// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/ensemble/cart.hpp"

namespace credence::ensemble::detail {

void check_tree_options(const char* where, const labelled_rows& train, const tree_options& options);

/// The features of the training rows, with names where there were none.
std::vector<feature_info> named_features(const labelled_rows& train);

}  // namespace credence::ensemble::detail
