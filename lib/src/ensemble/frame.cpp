// SPDX-License-Identifier: BSD-3-Clause
#include "credence/ensemble/frame.hpp"

#include "credence/base/check.hpp"
#include "credence/table/encoders.hpp"

#include <algorithm>
#include <cmath>

namespace credence::ensemble {

namespace {

/// The names of classes when the target is one, else nothing.
std::vector<std::string> classes_of(const column& target, task_kind task) {
  if (task == task_kind::regression) return {};
  const category_encoder encoder = fit_categories(target);
  if (task == task_kind::classification || target.type() == column_type::text) return encoder.levels;
  if (encoder.levels.size() > 20) return {};
  for (const double v : target.numbers()) {
    if (v != std::floor(v)) return {};
  }
  return encoder.levels;
}

}  // namespace

frame_schema describe(const table& data, const std::string& target, task_kind task) {
  const char* where = "ensemble::describe";
  const column& y = data.at(target);
  check::at_least(where, "the number of rows", data.rows(), 1);
  if (y.missing_count() > 0) {
    check::fail_domain(where, "column " + target, std::to_string(y.missing_count()) + " times missing",
                       "there in every row");
  }
  if (task == task_kind::regression && y.type() == column_type::text) {
    check::fail_domain(where, "column " + target, std::string_view("text"), "a number for regression");
  }
  if (fit_categories(y).levels.size() < 2) {
    check::fail_domain(where, "column " + target, "always " + y.text(0), "of two different values at least");
  }
  frame_schema schema;
  schema.target = target;
  schema.class_names = classes_of(y, task);
  for (const column& c : data.columns()) {
    if (c.name == target) continue;
    feature_info info;
    info.name = c.name;
    info.categorical = c.type() == column_type::text;
    if (info.categorical) info.levels = fit_categories(c).levels;
    if (c.missing_count() == c.size()) {
      check::fail_domain(where, "column " + c.name, std::string_view("missing in every row"), "there in some row");
    }
    schema.features.push_back(std::move(info));
  }
  check::at_least(where, "the number of columns besides the target", static_cast<std::int64_t>(schema.features.size()),
                  1);
  return schema;
}

frame encode(const table& data, const frame_schema& schema, bool with_target, unseen_category unseen) {
  const char* where = "ensemble::encode";
  frame out;
  out.rows = data.rows();
  out.features = schema.features;
  out.classes = schema.classes();
  const std::size_t columns = schema.features.size();
  out.x.resize(static_cast<std::size_t>(out.rows) * columns);
  for (std::size_t c = 0; c < columns; ++c) {
    const feature_info& info = schema.features[c];
    const column& from = data.at(info.name);
    if (!info.categorical) {
      if (from.type() == column_type::text && from.missing_count() < from.size()) {
        check::fail_domain(where, "column " + info.name, std::string_view("text"), "numbers, as in training");
      }
      const std::vector<double> numbers = from.type() == column_type::text
                                              ? std::vector<double>(static_cast<std::size_t>(out.rows), NAN)
                                              : from.numbers();
      for (std::size_t r = 0; r < numbers.size(); ++r)
        out.x[r * columns + c] = from.is_missing(static_cast<std::int64_t>(r)) ? NAN : numbers[r];
      continue;
    }
    const category_encoder encoder{
        info.name, info.levels, unseen == unseen_category::error ? unseen_policy::error : unseen_policy::treat_missing};
    const std::vector<std::int32_t> codes = encoder.codes(from);
    for (std::size_t r = 0; r < codes.size(); ++r) out.x[r * columns + c] = codes[r] < 0 ? NAN : codes[r];
  }
  if (!with_target) return out;
  const column& y = data.at(schema.target);
  if (y.missing_count() > 0) {
    check::fail_domain(where, "column " + schema.target, std::to_string(y.missing_count()) + " times missing",
                       "there in every row");
  }
  if (schema.classes() == 0) {
    out.y = y.numbers();
    return out;
  }
  for (const std::int32_t code : category_encoder{schema.target, schema.class_names, unseen_policy::error}.codes(y)) {
    out.y.push_back(code);
  }
  return out;
}

}  // namespace credence::ensemble
