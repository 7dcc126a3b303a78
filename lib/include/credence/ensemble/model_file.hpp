// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/ensemble/learner.hpp"

#include <string>
#include <vector>

/// Models as versioned JSON. Numbers are the shortest that read back exactly: a loaded model predicts the same bits.
namespace credence::ensemble {

/// A model with the names of what it was fitted to.
struct named_model {
  model_pointer model{};
  std::string target{};
  std::vector<std::string> class_names{};  ///< of classes 0, 1, ...; empty for regression
};

/// @throws domain_error  for a model of a class of one's own, which this does not know
std::string to_json(const named_model& named);
/// @param source  the file name, for messages
/// @throws parse_error   when the text is no JSON, or cut off (column: the byte), or not a model, or one of a later
/// version
named_model parse_model(const std::string& text, const std::string& source = "model");

void save_model(const std::string& path, const named_model& named);
named_model load_model(const std::string& path);

}  // namespace credence::ensemble
