// SPDX-License-Identifier: BSD-3-Clause
// credence ensemble predict: a model applied to a table.
#include "credence/ensemble_common.hpp"

#include "credence/ensemble/model_file.hpp"

#include <fmt/format.h>
#include <chrono>

namespace credence::app {

namespace {

using namespace ensemble;

struct options {
  std::string model;
  std::string data;
  std::string unseen = "error";
  bool no_header = false;
};

/// Class and probabilities, or a number.
table_text to_table(const named_model& named, const std::vector<double>& predicted, std::int64_t rows) {
  table_text lines{"", {"prediction"}, {}};
  const auto k = static_cast<std::size_t>(named.model->outputs());
  for (const std::string& name : named.class_names) lines.columns.push_back("p_" + name);
  for (std::size_t i = 0; i < static_cast<std::size_t>(rows); ++i) {
    auto& row = lines.rows.emplace_back();
    const double* p = predicted.data() + i * k;
    if (named.class_names.empty()) {
      row.emplace_back(p[0]);
      continue;
    }
    std::size_t best = 0;
    for (std::size_t c = 1; c < k; ++c) best = p[c] > p[best] ? c : best;
    row.emplace_back(named.class_names[best]);
    for (std::size_t c = 0; c < k; ++c) row.emplace_back(p[c]);
  }
  return lines;
}

document run(const options& given, session& now) {
  const named_model named = load_model(given.model);
  const table data = read_rows(now, given.data, given.no_header);
  const frame_schema schema{named.target, named.model->features(), named.class_names};
  const frame rows = encode_file(given.data, data, schema, false,
                                 given.unseen == "error" ? unseen_category::error : unseen_category::missing);
  const auto start = std::chrono::steady_clock::now();
  const std::vector<double> predicted = named.model->predict(rows.matrix(), now.context);
  const auto done = std::chrono::steady_clock::now();
  table_text lines = to_table(named, predicted, rows.rows);
  document result;
  result.data["rows"] = rows.rows;
  result.data["seconds_predict"] = std::chrono::duration<double>(done - start).count();
  if (!now.output.empty()) {
    output_file file(now.output);
    file.stream() << to_csv_text(lines);
    file.commit();
    result.data["output"] = now.output;
    if (now.output != "-") result.notes.push_back(fmt::format("{} predictions written to {}", rows.rows, now.output));
  }
  if (now.output.empty() || now.format == output_format::csv_table) result.tables.push_back(std::move(lines));
  return result;
}

}  // namespace

void add_ensemble_predict(program& all) {
  all.add(
      {.name = "ensemble predict",
       .summary = "predictions of a model, one for each row of a table",
       .example = "credence ensemble predict titanic.json passengers.csv --output predictions.csv",
       .output = "the predictions as CSV: prediction, and for classes p_<class>",
       .csv = true},
      +[](CLI::App& app, options& given) {
        app.add_option("model", given.model, "a file that `ensemble train` wrote")->required();
        app.add_option("data", given.data, "a table with the columns of the training table; the target may be absent")
            ->required();
        app.add_option("--unseen", given.unseen, "a text that was not there in training: error, or treat it as missing")
            ->check(CLI::IsMember({"error", "missing"}));
        app.add_flag("--no-header", given.no_header, "the first line of a CSV file is data");
      },
      run);
}

}  // namespace credence::app
