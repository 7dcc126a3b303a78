// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/family.hpp"
#include "credence/exec/context.hpp"
#include "credence/tensor/view.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// The univariate families behind one run-time interface, for fitting by name.
namespace credence::estimate_detail {

/// Functions of one family. Parameters in its own order; `slopes` takes the derivatives by them, or is null. Parameters
/// outside their domain give NaN instead of an exception.
struct family_entry {
  const char* name;
  std::span<const parameter_spec> parameters;
  double (*log_pdf)(const double* p, double x, double* slopes, double* by_x);
  double (*log_cdf)(const double* p, double x, double* slopes);
  double (*log_ccdf)(const double* p, double x, double* slopes);
  double (*log_between)(const double* p, double low, double high, double* slopes);
  double (*cdf)(const double* p, double x);
  double (*quantile)(const double* p, double probability);
  double (*mean)(const double* p);
  double (*variance)(const double* p);
  support_interval (*support)(const double* p);
  double (*sum)(const exec::context& ctx, const double* p, view<const double, 1> x, double* slopes);
};

/// Every family that can be fitted.
const std::vector<family_entry>& family_entries();
/// The family of a name or synonym; null when there is none.
const family_entry* find_family(const std::string& name);

std::vector<family_entry> real_line_entries();
std::vector<family_entry> half_line_entries();
std::vector<family_entry> life_time_entries();
std::vector<family_entry> count_entries();

}  // namespace credence::estimate_detail
