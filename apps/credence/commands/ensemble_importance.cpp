// SPDX-License-Identifier: BSD-3-Clause
// credence ensemble importance: what the splits of a model gained, by column.
#include "credence/ensemble_common.hpp"

#include "credence/ensemble/model_file.hpp"

#include <algorithm>

namespace credence::app {

namespace {

struct options {
  std::string model;
};

document run(const options& given, session&) {
  const ensemble::named_model named = ensemble::load_model(given.model);
  const std::vector<double> gains = named.model->impurity_importances();
  if (gains.empty()) {
    throw domain_error(given.model + ": the model is of kind " + named.model->kind() + ", but must be made of trees");
  }
  std::vector<std::size_t> order(gains.size());
  for (std::size_t c = 0; c < order.size(); ++c) order[c] = c;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return gains[a] > gains[b]; });
  document result;
  table_text shown{"", {"feature", "importance"}, {}};
  json list = json::array();
  for (const std::size_t c : order) {
    const std::string& name = named.model->features()[c].name;
    shown.rows.push_back({name, gains[c]});
    list.push_back({{"feature", name}, {"importance", gains[c]}});
  }
  result.data["kind"] = named.model->kind();
  result.data["importances"] = std::move(list);
  result.tables.push_back(std::move(shown));
  return result;
}

}  // namespace

void add_ensemble_importance(program& all) {
  all.add(
      {.name = "ensemble importance",
       .summary = "what each column's splits gained in a model, as parts of one",
       .example = "credence ensemble importance titanic.json",
       .csv = true},
      +[](CLI::App& app, options& given) {
        app.add_option("model", given.model, "a file that `ensemble train` wrote")->required();
      },
      run);
}

}  // namespace credence::app
