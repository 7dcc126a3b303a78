// SPDX-License-Identifier: BSD-3-Clause
#include "credence/models/registry.hpp"

#include "entries.hpp"

#include "credence/base/check.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace credence::models {

namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
  }
  return row[b.size()];
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  if (shape.empty()) return "a single number";
  std::string text = "shape (";
  for (std::size_t k = 0; k < shape.size(); ++k) text += (k > 0 ? ", " : "") + std::to_string(shape[k]);
  return text + ")";
}

/// "y[3]", "X[2,1]": the place of a flat index, counted from 1.
std::string element_name(const std::string& name, const std::vector<std::int64_t>& shape, std::int64_t flat) {
  if (shape.empty()) return name;
  std::string index;
  for (std::size_t k = shape.size(); k-- > 0;) {
    index = std::to_string(flat % shape[k] + 1) + (index.empty() ? "" : ",") + index;
    flat /= shape[k];
  }
  return name + "[" + index + "]";
}

bool inside(data_domain domain, double x) {
  switch (domain) {
    case data_domain::real:
      return true;
    case data_domain::positive:
      return x > 0.0;
    case data_domain::count:
      return x >= 0.0 && x == std::floor(x);
    case data_domain::positive_count:
      return x >= 1.0 && x == std::floor(x);
    case data_domain::binary:
      return x == 0.0 || x == 1.0;
  }
  return false;
}

/// A count among the data, or the length of one of its vectors.
std::int64_t size_of(const named_data& data, const std::string& name) {
  const std::string prefix = "length of ";
  if (name.rfind(prefix, 0) != 0) return data.integer(name);
  return static_cast<std::int64_t>(data.at(name.substr(prefix.size())).values.size());
}

const char* in_words(data_domain domain) {
  switch (domain) {
    case data_domain::real:
      return "finite";
    case data_domain::positive:
      return "positive and finite";
    case data_domain::count:
      return "a whole number, 0 or above";
    case data_domain::positive_count:
      return "a whole number, 1 or above";
    case data_domain::binary:
      return "0 or 1";
  }
  return "";
}

void check_data(const entry& of, const named_data& data) {
  for (const data_need& need : of.data) {
    if (!data.contains(need.name)) {
      throw domain_error(of.name + ": the data have no entry " + need.name + " (" + need.meaning + ")");
    }
    const data_array& array = data.at(need.name);
    std::vector<std::int64_t> shape;
    std::string named;
    for (const std::string& size : need.shape) {
      shape.push_back(size_of(data, size));
      named += (named.empty() ? "" : ", ") + size;
    }
    if (array.shape != shape) {
      throw shape_error(of.name + ": data " + need.name + " has " + shape_text(array.shape) + ", but must be " +
                        (shape.empty() ? "a single number" : "of " + shape_text(shape) + ", which is (" + named + ")"));
    }
    for (std::size_t i = 0; i < array.values.size(); ++i) {
      const double x = array.values[i];
      if (!std::isfinite(x) || !inside(need.domain, x)) {
        check::fail_domain(of.name, "data " + element_name(need.name, shape, static_cast<std::int64_t>(i)), x,
                           in_words(need.domain));
      }
    }
  }
}

}  // namespace

std::vector<std::string> entry::reported() const {
  std::vector<std::string> names;
  for (const reported_quantity& q : parameters) names.push_back(q.name);
  return names;
}

const std::vector<entry>& all() {
  static const std::vector<entry> entries{
      detail::autoregression(),
      detail::banana(),
      detail::bioassay(),
      detail::challenger(),
      detail::coal_changepoint(),
      detail::eight_schools(),
      detail::eight_schools_centered(),
      detail::funnel(),
      detail::garch(),
      detail::genetic_linkage(),
      detail::german_credit_logistic(),
      detail::german_credit_sparse_logistic(),
      detail::gaussian_process_poisson(),
      detail::hidden_markov(),
      detail::item_response_1pl(),
      detail::kidscore_interaction(),
      detail::logearn_interaction(),
      detail::two_normals(),
      detail::pumps(),
      detail::rat_tumours(),
      detail::sblrc_blr(),
  };
  return entries;
}

const entry& find(std::string_view name) {
  const entry* nearest = nullptr;
  std::size_t least = 0;
  for (const entry& e : all()) {
    std::vector<std::string> names = e.aliases;
    names.push_back(e.name);
    for (const std::string& known : names) {
      if (known == name) return e;
      const std::size_t distance = edit_distance(name, known);
      if (nearest == nullptr || distance < least) {
        nearest = &e;
        least = distance;
      }
    }
  }
  throw domain_error("models: there is no model named " + std::string(name) +
                     (least <= 1 + name.size() / 3 ? ", did you mean " + nearest->name + "?" : ""));
}

program compile(const entry& of, const named_data& data) {
  check_data(of, data);
  const named_data prepared = of.prepare ? of.prepare(data) : data;
  return of.recipe_for ? of.recipe_for(prepared).compile(prepared) : of.recipe.compile(prepared);
}

}  // namespace credence::models
