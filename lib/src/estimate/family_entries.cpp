// SPDX-License-Identifier: BSD-3-Clause
#include "estimate/family_entry.hpp"
#include "estimate/names.hpp"

#include <array>

namespace credence::estimate_detail {

namespace {

struct synonym {
  const char* other;
  const char* name;
};
constexpr std::array synonyms{
    synonym{"norm", "normal"},
    synonym{"gaussian", "normal"},
    synonym{"t", "student_t"},
    synonym{"student", "student_t"},
    synonym{"double_exponential", "laplace"},
    synonym{"gev", "generalized_extreme_value"},
    synonym{"genextreme", "generalized_extreme_value"},
    synonym{"gpd", "generalized_pareto"},
    synonym{"genpareto", "generalized_pareto"},
    synonym{"generalised_pareto", "generalized_pareto"},
    synonym{"generalised_extreme_value", "generalized_extreme_value"},
    synonym{"emg", "exp_mod_normal"},
    synonym{"exponnorm", "exp_mod_normal"},
    synonym{"skewnormal", "skew_normal"},
    synonym{"vonmises", "von_mises"},
    synonym{"exp", "exponential"},
    synonym{"expon", "exponential"},
    synonym{"lnorm", "lognormal"},
    synonym{"log_normal", "lognormal"},
    synonym{"chisq", "chi_squared"},
    synonym{"chi2", "chi_squared"},
    synonym{"chi_square", "chi_squared"},
    synonym{"invgamma", "inverse_gamma"},
    synonym{"halfnormal", "half_normal"},
    synonym{"halfnorm", "half_normal"},
    synonym{"halfcauchy", "half_cauchy"},
    synonym{"loglogistic", "log_logistic"},
    synonym{"fisk", "log_logistic"},
    synonym{"llogis", "log_logistic"},
    synonym{"invgauss", "inverse_gaussian"},
    synonym{"inverse_gauss", "inverse_gaussian"},
    synonym{"wald", "inverse_gaussian"},
    synonym{"burr", "burr_xii"},
    synonym{"burr12", "burr_xii"},
    synonym{"pareto1", "pareto"},
    synonym{"pareto2", "pareto_ii"},
    synonym{"lomax", "pareto_ii"},
    synonym{"pois", "poisson"},
    synonym{"geom", "geometric"},
    synonym{"nbinom", "negative_binomial"},
    synonym{"negbin", "negative_binomial"},
    synonym{"neg_binomial", "negative_binomial"},
    synonym{"betabinomial", "beta_binomial"},
    synonym{"zip", "zero_inflated_poisson"},
    synonym{"zinb", "zero_inflated_negative_binomial"},
    synonym{"ztpoisson", "zero_truncated_poisson"},
    synonym{"ztnb", "zero_truncated_negative_binomial"},
};

}  // namespace

const std::vector<family_entry>& family_entries() {
  static const std::vector<family_entry> all = [] {
    std::vector<family_entry> out;
    for (const auto& part : {real_line_entries(), half_line_entries(), life_time_entries(), count_entries()}) {
      out.insert(out.end(), part.begin(), part.end());
    }
    return out;
  }();
  return all;
}

const family_entry* find_family(const std::string& name) {
  std::string wanted = plain(name);
  for (const synonym& s : synonyms) {
    if (wanted == s.other) wanted = s.name;
  }
  for (const family_entry& e : family_entries()) {
    if (wanted == e.name) return &e;
  }
  return nullptr;
}

}  // namespace credence::estimate_detail
