// SPDX-License-Identifier: BSD-3-Clause
// `credence models` and `credence models show NAME`.
#include "credence/command.hpp"

#include "credence/models/registry.hpp"

namespace credence::app {
namespace {

struct list_options {};
struct show_options {
  std::string name;
};

std::string with_shape(const std::string& name, const std::string& shape) {
  return shape.empty() ? name : name + "[" + shape + "]";
}

std::string shape_of(const models::data_need& need) {
  std::string shape;
  for (const std::string& size : need.shape) shape += (shape.empty() ? "" : ",") + size;
  return shape;
}

const char* domain_of(const models::data_need& need) {
  switch (need.domain) {
    case models::data_domain::real:
      return "real";
    case models::data_domain::positive:
      return "positive";
    case models::data_domain::count:
      return "whole, 0 or above";
    case models::data_domain::positive_count:
      return "whole, 1 or above";
    case models::data_domain::binary:
      return "0 or 1";
  }
  return "";
}

json to_json(const models::entry& e) {
  json out{{"name", e.name}, {"aliases", e.aliases}, {"summary", e.summary}};
  out["parameters"] = e.reported();
  out["data"] = json::array();
  for (const auto& need : e.data) out["data"].push_back(need.name);
  return out;
}

document run_list(const list_options&, session&) {
  document result;
  result.data["models"] = json::array();
  table_text table{"", {"model", "reports", "data", "summary"}, {}};
  for (const models::entry& e : models::all()) {
    result.data["models"].push_back(to_json(e));
    std::string parameters, data;
    for (const auto& p : e.parameters) parameters += (parameters.empty() ? "" : " ") + with_shape(p.name, p.shape);
    for (const auto& d : e.data) data += (data.empty() ? "" : " ") + d.name;
    table.rows.push_back({e.name, parameters, data, e.summary});
  }
  result.tables.push_back(std::move(table));
  result.notes.emplace_back("credence models show NAME tells more about one");
  return result;
}

document run_show(const show_options& given, session&) {
  const models::entry* found = nullptr;
  try {
    found = &models::find(given.name);
  } catch (const domain_error& failure) {
    throw usage_error(failure.what());
  }
  const models::entry& e = *found;
  document result;
  result.data = to_json(e);
  result.data["definition"] = e.definition;
  result.data["source"] = e.source;
  result.data["parameter_details"] = json::array();
  result.data["data_details"] = json::array();
  table_text reports{e.name + ": " + e.summary + "\n\n" + e.definition + "\n", {"reports", "meaning"}, {}};
  for (const auto& p : e.parameters) {
    result.data["parameter_details"].push_back({{"name", p.name}, {"shape", p.shape}, {"meaning", p.meaning}});
    reports.rows.push_back({with_shape(p.name, p.shape), p.meaning});
  }
  table_text data{"", {"data", "values", "meaning"}, {}};
  for (const auto& need : e.data) {
    result.data["data_details"].push_back(
        {{"name", need.name}, {"shape", need.shape}, {"values", domain_of(need)}, {"meaning", need.meaning}});
    data.rows.push_back({with_shape(need.name, shape_of(need)), domain_of(need), need.meaning});
  }
  result.tables.push_back(std::move(reports));
  result.tables.push_back(std::move(data));
  result.notes.push_back("\nsource: " + e.source);
  return result;
}

}  // namespace

void add_models(program& all) {
  all.add(
      {.name = "models",
       .summary = "built-in models with what they report and the data they need",
       .example = "credence models show eight_schools",
       .csv = true},
      +[](CLI::App&, list_options&) {}, run_list);
  all.add(
      {.name = "models show",
       .summary = "one model: its definition, what it reports, the data it needs",
       .example = "credence models show eight_schools"},
      +[](CLI::App& app, show_options& given) {
        app.add_option("model", given.name, "name of a model")->required()->option_text("NAME");
      },
      run_show);
}

}  // namespace credence::app
