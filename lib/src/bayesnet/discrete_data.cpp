// SPDX-License-Identifier: BSD-3-Clause
#include "data_columns.hpp"

#include "count_kernels.hpp"

#include "credence/bayesnet/score.hpp"

#include "credence/base/check.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <unordered_map>

namespace credence::bayesnet {

namespace {

constexpr std::int64_t most_states = 65534;
/// Variables with more states than this have no bit slices: their tables are never small.
constexpr std::int64_t most_slices = 64;
/// Tables up to this many cells are counted by bits. Measured: a cell costs rows / 64 words at about 0.3 ns, a key and
/// a histogram about 1.3 ns a row.
constexpr std::int64_t bit_cells = 256;
/// Products of counts with their logarithms are kept for data up to this long.
constexpr std::int64_t longest_table = 1 << 20;

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

/// The distinct values of a column in their order, as texts, and the number of each cell's value.
template <class T>
void number_values(const column& c, const std::vector<T>& values, variable& v, std::vector<std::int32_t>& codes) {
  std::map<T, std::int32_t> number;
  std::map<T, std::string> text;
  for (std::int64_t row = 0; row < c.size(); ++row) {
    if (c.is_missing(row)) continue;
    const T& value = values[at(row)];
    if (!(value == value)) {
      check::fail_domain("discrete_data", "column '" + c.name + "' in row " + std::to_string(row), "NaN",
                         "a state or missing");
    }
    if (number.try_emplace(value, 0).second) text.emplace(value, c.text(row));
  }
  for (auto& [value, code] : number) {
    code = static_cast<std::int32_t>(v.states.size());
    v.states.push_back(text.at(value));
  }
  for (std::int64_t row = 0; row < c.size(); ++row) {
    codes.push_back(c.is_missing(row) ? -1 : number.at(values[at(row)]));
  }
}

void number_texts(const column& c, variable& v, std::vector<std::int32_t>& codes) {
  // Levels that no row has (after rows were taken) are no states.
  std::vector<std::int32_t> number(c.texts().levels.size(), -1);
  for (const std::int32_t code : c.texts().codes) {
    if (code >= 0) number[at(code)] = 0;
  }
  for (std::size_t level = 0; level < number.size(); ++level) {
    if (number[level] < 0) continue;
    number[level] = static_cast<std::int32_t>(v.states.size());
    v.states.push_back(c.texts().levels[level]);
  }
  for (const std::int32_t code : c.texts().codes) codes.push_back(code < 0 ? -1 : number[at(code)]);
}

std::shared_ptr<discrete_data::columns> lay_out(std::vector<variable> variables,
                                                const std::vector<std::vector<std::int32_t>>& codes) {
  check::same_size("discrete_data", "variables", static_cast<std::int64_t>(variables.size()), "columns",
                   static_cast<std::int64_t>(codes.size()));
  auto made = std::make_shared<discrete_data::columns>();
  made->rows = codes.empty() ? 0 : static_cast<std::int64_t>(codes.front().size());
  made->words = (made->rows + 63) / 64;
  made->variables = std::move(variables);
  for (std::size_t v = 0; v < codes.size(); ++v) {
    const variable& named = made->variables[v];
    const std::int64_t states = named.cardinality();
    check::same_size("discrete_data", "column '" + named.name + "'", static_cast<std::int64_t>(codes[v].size()),
                     "the first column", made->rows);
    if (states < 1 || states > most_states) {
      check::fail_domain("discrete_data", "states of '" + named.name + "'", states,
                         "between 1 and " + std::to_string(most_states));
    }
    auto& out = made->codes.emplace_back(at(made->rows));
    std::int64_t& first = made->first_missing.emplace_back(-1);
    for (std::int64_t row = 0; row < made->rows; ++row) {
      const std::int32_t code = codes[v][at(row)];
      if (code < -1 || code >= states) {
        check::fail_domain("discrete_data", "column '" + named.name + "' in row " + std::to_string(row),
                           static_cast<std::int64_t>(code), "a state number below " + std::to_string(states));
      }
      if (code < 0 && first < 0) first = row;
      out[at(row)] = code < 0 ? discrete_data::missing : static_cast<std::uint16_t>(code);
    }
    auto& bits = made->bits.emplace_back();
    auto& state_rows = made->state_rows.emplace_back();
    if (first >= 0 || states > most_slices) continue;
    bits.assign(at(states * made->words), 0);
    state_rows.assign(at(states), 0);
    for (std::int64_t row = 0; row < made->rows; ++row) {
      ++state_rows[out[at(row)]];
      bits[at(out[at(row)] * made->words + row / 64)] |= std::uint64_t{1} << (row % 64);
    }
  }
  made->n_log_n.assign(at(std::min(made->rows, longest_table) + 1), 0.0);
  for (std::size_t n = 2; n < made->n_log_n.size(); ++n) {
    made->n_log_n[n] = static_cast<double>(n) * std::log(static_cast<double>(n));
  }
  return made;
}

void check_complete(const discrete_data& data, node_id v) {
  if (data.first_missing(v) < 0) return;
  throw domain_error("count: column '" + data.variables()[at(v)].name + "' is missing in row " +
                     std::to_string(data.first_missing(v)) + ", but counts need complete data");
}

/// Every configuration by intersecting bit slices, the outer variables one after the other.
class bit_counter {
 public:
  bit_counter(const discrete_data::columns& raw, std::span<const node_id> outer, std::span<const node_id> inner,
              std::vector<std::uint64_t>& scratch, contingency& result)
      : raw_(raw), outer_(outer), inner_(inner), scratch_(scratch), out_(result.counts.data()), cells_(result.cells) {
    scratch_.resize((outer.size() + 1) * at(raw.words));
  }

  void run() { descend(0, {nullptr, raw_.rows}); }

 private:
  /// Rows of a configuration; no mask means all of them.
  struct subset {
    const std::uint64_t* mask;
    std::int64_t rows;
  };

  [[nodiscard]] std::int64_t states(node_id v) const { return raw_.variables[at(v)].cardinality(); }
  [[nodiscard]] std::uint64_t* room(std::size_t depth) const {
    return scratch_.data() + static_cast<std::int64_t>(depth) * raw_.words;
  }
  [[nodiscard]] subset narrow(const subset& from, node_id v, std::int64_t state, std::uint64_t* where) const {
    const std::uint64_t* const slice = raw_.bits[at(v)].data() + state * raw_.words;
    if (from.mask == nullptr) return {slice, raw_.state_rows[at(v)][at(state)]};
    return {where, CREDENCE_SIMD_PICK(intersect)(where, from.mask, slice, raw_.words)};
  }

  /// The states of the last variable; its last state is what is left.
  void count_last(const subset& from) {
    const node_id v = inner_.back();
    std::int64_t left = from.rows;
    for (std::int64_t s = 0; s + 1 < states(v); ++s) {
      std::int64_t n = 0;
      if (left > 0) {
        n = from.mask == nullptr
                ? raw_.state_rows[at(v)][at(s)]
                : CREDENCE_SIMD_PICK(count_common)(from.mask, raw_.bits[at(v)].data() + s * raw_.words, raw_.words);
      }
      *out_++ = static_cast<std::int32_t>(n);
      left -= n;
    }
    *out_++ = static_cast<std::int32_t>(left);
  }

  /// Row by row, where few are left.
  void count_rows(const std::uint64_t* mask) {
    std::fill(out_, out_ + cells_, 0);
    for (std::int64_t w = 0; w < raw_.words; ++w) {
      for (std::uint64_t rest = mask[w]; rest != 0; rest &= rest - 1) {
        const auto row = at(64 * w + std::countr_zero(rest));
        std::int64_t cell = 0;
        for (const node_id v : inner_) cell = cell * states(v) + raw_.codes[at(v)][row];
        ++out_[cell];
      }
    }
    out_ += cells_;
  }

  void leaf(const subset& from) {
    // A row costs about as much as eight words of a cell.
    if (from.mask != nullptr && 8 * from.rows < cells_ * raw_.words) return count_rows(from.mask);
    if (inner_.size() == 1) return count_last(from);
    for (std::int64_t s = 0; s < states(inner_[0]); ++s) count_last(narrow(from, inner_[0], s, room(outer_.size())));
  }

  void descend(std::size_t depth, const subset& from) {
    if (from.rows == 0) {
      std::int64_t below = cells_;
      for (std::size_t d = depth; d < outer_.size(); ++d) below *= states(outer_[d]);
      std::fill(out_, out_ + below, 0);
      out_ += below;
      return;
    }
    if (depth == outer_.size()) return leaf(from);
    for (std::int64_t s = 0; s < states(outer_[depth]); ++s)
      descend(depth + 1, narrow(from, outer_[depth], s, room(depth)));
  }

  const discrete_data::columns& raw_;
  std::span<const node_id> outer_, inner_;
  std::vector<std::uint64_t>& scratch_;
  std::int32_t* out_;
  std::int64_t cells_;
};

struct count_scratch {
  std::vector<std::int32_t> keys;
  std::vector<std::uint64_t> bits;
};

count_scratch& scratch_of_thread() {
  thread_local count_scratch scratch;
  return scratch;
}

/// Only the configurations that occur, numbered as they appear.
void count_sparse(const discrete_data::columns& raw, std::span<const node_id> outer, std::span<const node_id> inner,
                  contingency& result) {
  std::vector<std::int64_t> key(at(raw.rows), 0);
  std::int64_t range = 1;
  const auto renumber = [&] {
    std::unordered_map<std::int64_t, std::int64_t> number;
    for (std::int64_t& k : key) k = number.try_emplace(k, static_cast<std::int64_t>(number.size())).first->second;
    range = static_cast<std::int64_t>(number.size());
  };
  for (const node_id v : outer) {
    const std::int64_t states = raw.variables[at(v)].cardinality();
    if (range > (std::int64_t{1} << 45) / states) renumber();
    for (std::int64_t row = 0; row < raw.rows; ++row) key[at(row)] = key[at(row)] * states + raw.codes[at(v)][at(row)];
    range *= states;
  }
  renumber();
  result.counts.assign(at(range * result.cells), 0);
  for (std::int64_t row = 0; row < raw.rows; ++row) {
    std::int64_t cell = 0;
    for (const node_id v : inner) cell = cell * raw.variables[at(v)].cardinality() + raw.codes[at(v)][at(row)];
    ++result.counts[at(key[at(row)] * result.cells + cell)];
  }
}

}  // namespace

discrete_data::discrete_data() : data_(lay_out({}, {})) {}

discrete_data::discrete_data(const table& data) {
  std::vector<variable> variables;
  std::vector<std::vector<std::int32_t>> codes;
  for (const column& c : data.columns()) {
    variable& v = variables.emplace_back(variable{c.name, {}, {}});
    std::vector<std::int32_t>& numbers = codes.emplace_back();
    if (c.type() == column_type::text)
      number_texts(c, v, numbers);
    else if (c.type() == column_type::integer)
      number_values(c, c.integers(), v, numbers);
    else
      number_values(c, c.reals(), v, numbers);
    if (v.states.empty()) check::fail_domain("discrete_data", "column '" + c.name + "'", "empty", "known in some row");
  }
  data_ = lay_out(std::move(variables), codes);
}

discrete_data::discrete_data(const network& net, const table& data)
    : data_(lay_out(net.variables(), state_codes(net, data))) {}

discrete_data::discrete_data(std::vector<variable> variables, const std::vector<std::vector<std::int32_t>>& codes)
    : data_(lay_out(std::move(variables), codes)) {}

std::int64_t discrete_data::rows() const { return data_->rows; }
const std::vector<variable>& discrete_data::variables() const { return data_->variables; }
std::vector<std::string> discrete_data::names() const {
  std::vector<std::string> all;
  for (const variable& v : variables()) all.push_back(v.name);
  return all;
}
std::span<const std::uint16_t> discrete_data::codes(node_id v) const { return data_->codes[at(v)]; }
std::int64_t discrete_data::first_missing(node_id v) const { return data_->first_missing[at(v)]; }
bool discrete_data::complete() const {
  return std::all_of(data_->first_missing.begin(), data_->first_missing.end(), [](std::int64_t r) { return r < 0; });
}

discrete_data discrete_data::take(std::span<const std::int64_t> rows) const {
  for (const std::int64_t row : rows) {
    check::at_least("discrete_data::take", "row", row, 0);
    check::less_than("discrete_data::take", "row", row, data_->rows);
  }
  std::vector<std::vector<std::int32_t>> codes;
  for (const auto& from : data_->codes) {
    auto& to = codes.emplace_back();
    to.reserve(rows.size());
    for (const std::int64_t row : rows) to.push_back(from[at(row)] == missing ? -1 : from[at(row)]);
  }
  return {data_->variables, codes};
}

void count_into(const discrete_data& data, std::span<const node_id> outer, std::span<const node_id> inner,
                contingency& result) {
  const discrete_data::columns& raw = data.raw();
  bool sliced = !inner.empty() && inner.size() <= 2;
  result.cells = 1;
  for (const node_id v : inner) result.cells *= raw.variables[at(v)].cardinality();
  std::int64_t total = result.cells;
  const std::int64_t dense = std::max<std::int64_t>(4096, 2 * raw.rows);
  for (const node_id v : outer) total = std::min(dense + 1, total * raw.variables[at(v)].cardinality());
  if (total > dense) return count_sparse(raw, outer, inner, result);
  for (const std::span<const node_id> part : {outer, inner}) {
    for (const node_id v : part) sliced = sliced && !raw.bits[at(v)].empty();
  }
  count_scratch& scratch = scratch_of_thread();
  result.counts.resize(at(total));
  if (sliced && total <= bit_cells) {
    bit_counter(raw, outer, inner, scratch.bits, result).run();
    return;
  }
  scratch.keys.assign(at(raw.rows), 0);
  for (const std::span<const node_id> part : {outer, inner}) {
    for (const node_id v : part) {
      CREDENCE_SIMD_PICK(extend_keys)
      (scratch.keys.data(), raw.codes[at(v)].data(), static_cast<std::int32_t>(raw.variables[at(v)].cardinality()),
       raw.rows);
    }
  }
  std::fill(result.counts.begin(), result.counts.end(), 0);
  for (const std::int32_t key : scratch.keys) ++result.counts[at(key)];
}

contingency count(const discrete_data& data, std::span<const node_id> outer, std::span<const node_id> inner) {
  for (const node_id v : outer) check_complete(data, v);
  for (const node_id v : inner) check_complete(data, v);
  contingency result;
  count_into(data, outer, inner, result);
  return result;
}

}  // namespace credence::bayesnet
