// SPDX-License-Identifier: BSD-3-Clause
// credence attention compare: the efficient forms of attention against exact attention on the same tensors.
#include "credence/command.hpp"

#include "credence/attention/choose.hpp"
#include "credence/attention/forms.hpp"
#include "credence/random/fill.hpp"
#include "credence/table/npy.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace credence::app {

namespace {

using attention::form;

struct options {
  std::string q, k, v;
  std::int64_t n = 1024, d = 64, heads = 1;
  std::vector<std::string> forms;
  bool causal = false;
  std::int64_t budget = 64, block = 16;
  int repeats = 3;
  std::string dtype = "f64";
};

/// (batch, heads, rows, columns), whatever axes the file left out in front.
template <class T>
tensor<T> read_tensor(const std::string& file) {
  const npy_array read = read_npy(file);
  if (read.shape.size() < 2 || read.shape.size() > 4) {
    throw parse_error(file, 0, 0,
                      "the array has " + std::to_string(read.shape.size()) +
                          " axes, expected (rows, columns), with heads and batch in front at most");
  }
  std::vector<std::int64_t> shape(4 - read.shape.size(), 1);
  shape.insert(shape.end(), read.shape.begin(), read.shape.end());
  tensor<T> out{tensor_shape(std::span<const std::int64_t>(shape))};
  for (std::size_t i = 0; i < read.values.size(); ++i) {
    if (!std::isfinite(read.values[i])) {
      throw parse_error(file, 0, 0, "element " + std::to_string(i) + " is not finite");
    }
    out[static_cast<std::int64_t>(i)] = static_cast<T>(read.values[i]);
  }
  if (out.empty()) throw parse_error(file, 0, 0, "the array is empty");
  return out;
}

template <class T>
tensor<T> generate(const options& given, std::uint64_t seed, std::uint64_t stream) {
  tensor<T> out({1, given.heads, given.n, given.d});
  random::fill_normal(rng_key{seed, stream}, out.elements());
  return out;
}

std::vector<form> wanted_forms(const options& given) {
  std::vector<form> out;
  if (given.forms.empty()) {
    for (const form f : attention::all_forms()) {
      if (f != form::exact && (!given.causal || attention::takes_causal(f))) out.push_back(f);
    }
    return out;
  }
  for (const std::string& name : given.forms) {
    try {
      out.push_back(attention::form_from_text(name));
    } catch (const domain_error& wrong) {
      throw usage_error(wrong.what());
    }
    if (given.causal && !attention::takes_causal(out.back())) {
      throw usage_error("attention compare: the form " + name + " is not causal, but --causal is given");
    }
  }
  return out;
}

/// The result, and the median time of some calls.
template <class T>
std::pair<attention::form_result<T>, double> timed(const options& given, session& now, const attention::inputs<T>& in,
                                                   form which) {
  const attention::form_options opt{
      .budget = given.budget, .block = given.block, .causal = given.causal, .key = rng_key{now.seed, 99}};
  attention::form_result<T> out;
  std::vector<double> seconds;
  for (int i = 0; i < given.repeats; ++i) {
    const auto start = std::chrono::steady_clock::now();
    out = attention::run_form<T>(now.context, in, which, opt);
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  std::nth_element(seconds.begin(), seconds.begin() + given.repeats / 2, seconds.end());
  return {std::move(out), seconds[static_cast<std::size_t>(given.repeats / 2)]};
}

template <class T>
document compare(const options& given, session& now, const std::vector<form>& forms) {
  const bool files = !given.q.empty();
  const tensor<T> q = files ? read_tensor<T>(given.q) : generate<T>(given, now.seed, 1);
  const tensor<T> k = files ? read_tensor<T>(given.k) : generate<T>(given, now.seed, 2);
  const tensor<T> v = files ? read_tensor<T>(given.v) : generate<T>(given, now.seed, 3);
  const attention::inputs<T> in{q.template view<4>(), k.template view<4>(), v.template view<4>(), {}};
  const auto [exact, exact_seconds] = timed(given, now, in, form::exact);
  document result;
  result.data["queries"] = q.extent(2);
  result.data["keys"] = k.extent(2);
  result.data["heads"] = q.extent(0) * q.extent(1);
  result.data["d"] = q.extent(3);
  result.data["exact"] = {{"operations", exact.multiplications}, {"seconds", exact_seconds}};
  result.data["forms"] = json::array();
  table_text shown{"", {"form", "relative_error", "operations", "share", "seconds", "speedup"}, {}};
  const double all = static_cast<double>(exact.multiplications);
  shown.rows.push_back({"exact", 0.0, exact.multiplications, 1.0, exact_seconds, 1.0});
  for (const form which : forms) {
    const auto [got, seconds] = timed(given, now, in, which);
    const double error = attention::relative_error(got.output, exact.output), speedup = exact_seconds / seconds;
    result.data["forms"].push_back({{"name", attention::to_string(which)},
                                    {"relative_error", error},
                                    {"operations", got.multiplications},
                                    {"seconds", seconds},
                                    {"speedup", speedup}});
    shown.rows.push_back({attention::to_string(which), error, got.multiplications,
                          static_cast<double>(got.multiplications) / all, seconds, speedup});
  }
  result.tables.push_back(std::move(shown));
  result.notes.push_back("operations are multiplications; gau and flash are other functions than softmax attention");
  return result;
}

document run(const options& given, session& now) {
  const int named = (given.q.empty() ? 0 : 1) + (given.k.empty() ? 0 : 1) + (given.v.empty() ? 0 : 1);
  if (named != 0 && named != 3) throw usage_error("attention compare: --q, --k and --v go together");
  const std::vector<form> forms = wanted_forms(given);
  return given.dtype == "f32" ? compare<float>(given, now, forms) : compare<double>(given, now, forms);
}

}  // namespace

void add_attention_compare(program& all) {
  all.add(
      {.name = "attention compare",
       .summary = "error, operations and time of efficient forms of attention against exact attention",
       .example = "credence attention compare --n 2048 --d 64 --forms local,bigbird,performer --budget 256",
       .csv = true,
       .random = true},
      +[](CLI::App& app, options& given) {
        app.add_option("--q", given.q, "queries: .npy of (rows, d), (heads, rows, d) or (batch, heads, rows, d)");
        app.add_option("--k", given.k, "keys, likewise; their heads divide those of the queries");
        app.add_option("--v", given.v, "values, likewise");
        app.add_option("--n", given.n, "length of generated tensors (standard normal)")->check(between(1, 65536));
        app.add_option("--d", given.d, "columns of generated tensors")->check(between(1, 1024));
        app.add_option("--heads", given.heads, "heads of generated tensors")->check(between(1, 1024));
        app.add_option("--forms", given.forms, "names, joined by commas; all of them unless given")->delimiter(',');
        app.add_flag("--causal", given.causal, "a query sees itself and earlier keys only");
        app.add_option("--budget", given.budget, "keys a query may see, summaries, features or chunk length")
            ->check(at_least(1));
        app.add_option("--block", given.block, "side of the blocks of patterns")->check(at_least(8));
        app.add_option("--repeats", given.repeats, "calls timed; the median is shown")->check(between(1, 1000));
        app.add_option("--dtype", given.dtype, "f32 or f64")->check(CLI::IsMember({"f32", "f64"}));
      },
      run);
}

}  // namespace credence::app
