// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/check.hpp"
#include "credence/base/errors.hpp"
#include "credence/diagnostics/stan_csv.hpp"
#include "credence/table/files.hpp"
#include "credence/table/numbers.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace credence {

namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") + 1 - first);
}

bool is_statistic(std::string_view name) { return name.ends_with("__"); }

class stan_csv_reader {
 public:
  stan_csv_reader(std::string_view text, const std::string& source) : text_(text), source_(source) {}

  stan_csv read() {
    check_utf8(text_, source_);
    for (std::size_t begin = 0; begin < text_.size();) {
      const std::size_t end = std::min(text_.find('\n', begin), text_.size());
      ++line_;
      read_line(text_.substr(begin, end - begin));
      begin = end + 1;
    }
    if (result_.columns.empty()) throw parse_error(source_, line_ + 1, 1, "the line of column names is missing");
    count_warmup();
    return std::move(result_);
  }

 private:
  [[noreturn]] void fail(std::string_view line, const char* at, const std::string& what) const {
    throw parse_error(source_, line_, at - line.data() + 1, what);
  }

  void read_line(std::string_view line) {
    const std::string_view content = trimmed(line);
    if (content.empty()) return;
    if (content.front() == '#') {
      read_comment(trimmed(content.substr(1)));
    } else if (result_.columns.empty()) {
      read_names(line);
    } else {
      read_row(line);
    }
  }

  void read_comment(std::string_view comment) {
    result_.comments.emplace_back(comment);
    const std::size_t equals = comment.find('=');
    if (equals == std::string_view::npos) return;
    const std::string key(trimmed(comment.substr(0, equals)));
    std::string_view value = trimmed(comment.substr(equals + 1));
    if (value.ends_with("(Default)")) value = trimmed(value.substr(0, value.size() - 9));
    const auto known = std::find_if(result_.header.begin(), result_.header.end(),
                                    [&](const auto& entry) { return entry.first == key; });
    if (known != result_.header.end()) {
      known->second = value;
    } else {
      result_.header.emplace_back(key, value);
    }
  }

  void read_names(std::string_view line) {
    std::set<std::string, std::less<>> seen;
    for (std::size_t begin = 0; begin <= line.size();) {
      const std::size_t end = std::min(line.find(',', begin), line.size());
      std::string_view name = trimmed(line.substr(begin, end - begin));
      if (name.size() >= 2 && name.front() == '"' && name.back() == '"') name = name.substr(1, name.size() - 2);
      if (name.empty()) {
        fail(line, line.data() + begin, "column " + std::to_string(result_.columns.size() + 1) + " has no name");
      }
      if (!seen.emplace(name).second) {
        fail(line, line.data() + begin, "the column name " + std::string(name) + " is there twice");
      }
      result_.columns.emplace_back(name);
      begin = end + 1;
    }
  }

  void read_row(std::string_view line) {
    const char* p = line.data();
    const char* end = p + line.size();
    const std::size_t columns = result_.columns.size();
    for (std::size_t c = 0; c < columns; ++c) {
      while (p != end && (*p == ' ' || *p == '\t')) ++p;
      const parsed_number number = parse_number(p, end);
      if (number.end == p) fail(line, p, "the value of " + result_.columns[c] + " is not a number");
      p = number.end;
      while (p != end && (*p == ' ' || *p == '\t' || *p == '\r')) ++p;
      result_.values.push_back(number.value);
      if (c + 1 == columns) break;
      if (p == end) {
        fail(line, p,
             "the row ends after " + std::to_string(c + 1) + (c == 0 ? " value" : " values") + ", but there are " +
                 std::to_string(columns) + " columns");
      }
      if (*p != ',') fail(line, p, "the value of " + result_.columns[c] + " is not a number");
      ++p;
    }
    if (p != end) {
      fail(line, p,
           *p == ',' ? "the row has more than " + std::to_string(columns) + " values"
                     : "the value of " + result_.columns.back() + " is not a number");
    }
    ++result_.draws;
  }

  [[nodiscard]] std::optional<std::int64_t> whole_setting(std::string_view key) const {
    const std::string_view value = result_.setting(key);
    const std::optional<std::int64_t> number = to_integer(value);
    return number && *number >= 0 ? number : std::nullopt;
  }

  void count_warmup() {
    const std::string_view saved = result_.setting("save_warmup");
    if (saved != "1" && saved != "true") return;
    const auto warmup = whole_setting("num_warmup");
    const auto thin = whole_setting("thin");
    if (!warmup) return;
    const std::int64_t step = thin && *thin > 0 ? *thin : 1;
    const std::int64_t rows = *warmup / step + (*warmup % step != 0 ? 1 : 0);
    result_.warmup_draws = std::min(result_.draws, rows);
  }

  std::string_view text_;
  const std::string& source_;
  std::int64_t line_ = 0;
  stan_csv result_;
};

}  // namespace

std::int64_t stan_csv::find(std::string_view column) const {
  const auto found = std::find(columns.begin(), columns.end(), column);
  return found == columns.end() ? -1 : found - columns.begin();
}

std::string_view stan_csv::setting(std::string_view key) const {
  for (const auto& [name, value] : header) {
    if (name == key) return value;
  }
  return {};
}

stan_csv parse_stan_csv(std::string_view text, const std::string& source) {
  return stan_csv_reader(text, source).read();
}

stan_csv read_stan_csv(const std::string& path) {
  const std::string text = read_file(path);
  return parse_stan_csv(text, path);
}

view<const double, 2> chain_draws::statistic(std::string_view name) const {
  const auto found = std::find(statistics.begin(), statistics.end(), name);
  if (found == statistics.end()) return {};
  return view<const double, 2>(statistic_values.data() + (found - statistics.begin()) * chains * draws, chains, draws);
}

chain_draws join_chains(std::span<const stan_csv> chains) {
  if (chains.empty()) throw domain_error("join_chains: chains is empty, but must hold at least one");
  const stan_csv& first = chains.front();
  chain_draws result;
  result.chains = static_cast<std::int64_t>(chains.size());
  result.draws = first.draws - first.warmup_draws;
  for (std::size_t i = 1; i < chains.size(); ++i) {
    result.draws = std::min(result.draws, chains[i].draws - chains[i].warmup_draws);
    if (chains[i].columns == first.columns) continue;
    const auto [a, b] =
        std::mismatch(first.columns.begin(), first.columns.end(), chains[i].columns.begin(), chains[i].columns.end());
    const auto name = [](auto at, auto end) { return at == end ? std::string("nothing") : *at; };
    check::fail_shape("join_chains", "chain " + std::to_string(i + 1) + " has " + name(b, chains[i].columns.end()) +
                                         " where chain 1 has " + name(a, first.columns.end()));
  }
  if (const auto depth = to_integer(first.setting("max_depth"))) result.max_tree_depth = *depth;
  std::vector<std::size_t> parameters;
  for (std::size_t c = 0; c < first.columns.size(); ++c) {
    if (is_statistic(first.columns[c])) {
      result.statistics.push_back(first.columns[c]);
      for (const stan_csv& chain : chains) {
        for (std::int64_t d = 0; d < result.draws; ++d) {
          const auto row = static_cast<std::size_t>(chain.warmup_draws + d);
          result.statistic_values.push_back(chain.values[row * first.columns.size() + c]);
        }
      }
    } else {
      result.parameters.push_back(bracket_name(first.columns[c]));
      parameters.push_back(c);
    }
  }
  for (const stan_csv& chain : chains) {
    for (std::int64_t d = 0; d < result.draws; ++d) {
      const double* row = chain.values.data() + static_cast<std::size_t>(chain.warmup_draws + d) * first.columns.size();
      for (const std::size_t c : parameters) result.values.push_back(row[c]);
    }
  }
  return result;
}

}  // namespace credence
