// Logistic regression with standard normal coefficients.
data {
  int<lower=0> N;
  int<lower=0> D;
  matrix[N, D] X;
  array[N] int<lower=0, upper=1> y;
}
parameters {
  vector[D] beta;
}
model {
  beta ~ normal(0, 1);
  y ~ bernoulli_logit_glm(X, 0, beta);
}
