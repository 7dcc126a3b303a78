// SPDX-License-Identifier: BSD-3-Clause
// Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 2006, and the example of scikit-learn.
#include "exercises/exercise.hpp"

#include "credence/metrics/ranking.hpp"

namespace credence::exercises {

namespace {

std::vector<answer> twenty_instances() {
  const std::vector<double> scores{0.9, 0.8,  0.7,  0.6,  0.55, 0.54, 0.53, 0.52, 0.51, 0.505,
                                   0.4, 0.39, 0.38, 0.37, 0.36, 0.35, 0.34, 0.33, 0.3,  0.1};
  const std::vector<std::int32_t> truth{1, 1, 0, 1, 1, 1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 0};
  return {exactly("area under the ROC curve", 0.68, metrics::roc_auc(scores, truth))};
}

std::vector<answer> four_scores() {
  const std::vector<double> scores{0.1, 0.4, 0.35, 0.8};
  const std::vector<std::int32_t> truth{0, 0, 1, 1};
  return {exactly("area under the ROC curve", 0.75, metrics::roc_auc(scores, truth)),
          stated("average precision", 0.833333, 6, metrics::average_precision(scores, truth))};
}

}  // namespace

void add_fawcett_ranking(catalogue& all);
void add_fawcett_ranking(catalogue& all) {
  all.push_back({"T57", "fawcett", "Fawcett, Pattern Recognition Letters 27 (2006), figure 3",
                 "Twenty instances by score: the area under their ROC curve.", twenty_instances});
  all.push_back({"T58", "fawcett", "scikit-learn, user guide on ranking metrics",
                 "Four scores: area under the ROC curve and average precision.", four_scores});
}

}  // namespace credence::exercises
