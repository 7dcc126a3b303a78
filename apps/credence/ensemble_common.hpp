// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/command.hpp"

#include "credence/ensemble/frame.hpp"
#include "credence/ensemble/validation.hpp"

#include <string>
#include <vector>

/// What the commands `ensemble ...` share.
namespace credence::app {

/// Options of `train` and `evaluate`.
struct ensemble_options {
  std::string data;
  std::string target;
  std::string method;
  std::string task = "auto";
  std::string positive;
  std::vector<std::string> parameters;  ///< name=value
  bool no_header = false;
};
void add_ensemble_options(CLI::App& app, ensemble_options& given);

ensemble::task_kind task_of(const ensemble_options& given);

/// The learner that method and parameters name. `classes` is 0 for regression.
/// @throws usage_error  for an unknown parameter (it lists those of the method), or a value that is none
ensemble::learner_pointer make_learner(const ensemble_options& given, std::int32_t classes);

/// The class that --positive names, else the last one.
std::int32_t positive_class(const ensemble_options& given, const ensemble::frame_schema& schema);

/// A table file; an empty one is bad input.
table read_rows(const session& now, const std::string& file, bool no_header);

/// describe and encode; what is wrong is told with the file's name.
ensemble::frame_schema describe_file(const ensemble_options& given, const table& data);
ensemble::frame encode_file(const std::string& file, const table& data, const ensemble::frame_schema& schema,
                            bool with_target, ensemble::unseen_category unseen);

/// {accuracy, auc, ...}: the scores that are there.
json scores_to_json(const ensemble::scores& s);
/// The same as lines of a table.
void add_score_rows(table_text& shown, const std::string& name, const ensemble::scores& s);
std::vector<std::string> score_columns(bool classification);

}  // namespace credence::app
