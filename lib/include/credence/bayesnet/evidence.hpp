// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/bayesnet/network.hpp"
#include "credence/table/table.hpp"

#include <initializer_list>

namespace credence::bayesnet {

/// One thing learnt about one variable.
struct finding {
  enum class kind : std::uint8_t {
    state,       ///< it is in this state
    not_state,   ///< it is not in this state (negative evidence)
    likelihood,  ///< soft (virtual) evidence: P(what was seen | state), for each state in order, up to a factor
  };
  kind what = kind::state;
  std::string node;
  std::string state;
  std::vector<double> likelihood;
};

/// Findings about a network's variables, by name; several about one variable multiply.
class evidence {
 public:
  struct observed {
    std::string_view node, state;
  };
  evidence() = default;
  /// {{"dysp", "yes"}, {"smoke", "no"}}
  evidence(std::initializer_list<observed> states);

  evidence& observe(std::string node, std::string state);
  evidence& exclude(std::string node, std::string state);
  evidence& likelihood(std::string node, std::vector<double> values);

  [[nodiscard]] const std::vector<finding>& findings() const { return findings_; }
  [[nodiscard]] bool empty() const { return findings_.empty(); }

 private:
  std::vector<finding> findings_;
};

/// Reads "name=state,name!=state,name=0.2:0.8"; a name or state that holds , or = is double-quoted, a quote inside
/// doubled. Two or more numbers joined by colons are a likelihood, unless they are quoted.
/// @throws parse_error  with the column
evidence parse_evidence(std::string_view text);

/// One evidence for each row: columns are variables, cells are states as text, missing cells say nothing. Read such a
/// file with `csv_options{.infer_types = false}`, so that states stay as they are written. `common` is added to every
/// row.
/// @throws domain_error  naming the row (from 0) and the column for an unknown variable or state
std::vector<evidence> evidence_rows(const network& net, const table& rows, const evidence& common = {});

/// Rows of hard evidence as numbers: codes[i][row] is the state of nodes[i], -1 where nothing is known.
struct evidence_table {
  std::vector<node_id> nodes;
  std::vector<std::vector<std::int32_t>> codes;
  std::int64_t rows = 0;
};

/// Columns are variables, cells are states as text, missing cells say nothing.
/// @throws domain_error  naming the row (from 0) and the column for an unknown variable or state
evidence_table make_evidence_table(const network& net, const table& rows);

/// Evidence as numbers: for each node the weight of each of its states (empty where nothing is known), and the state
/// where exactly one has weight (else -1).
struct weighted_states {
  std::vector<std::vector<double>> weights;
  std::vector<std::int64_t> state;
};
/// @throws domain_error  for an unknown variable or state, a likelihood of the wrong length, negative or not finite, or
///                       findings about one variable that leave no state
weighted_states resolve(const network& net, const evidence& findings, std::string_view where);

}  // namespace credence::bayesnet
