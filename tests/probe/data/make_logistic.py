"""Writes logistic.txt: rows, labels, and what scikit-learn's logistic regression makes of them.

First line: n d C penalty. Then n lines of d features and the label; then C lines of d weights and the bias of
sklearn.linear_model.LogisticRegression(C=1/(penalty n)), whose minimum is that of the mean cross-entropy plus
penalty/2 times the squared weights. Made with scikit-learn 1.x: python make_logistic.py > logistic.txt
"""
import numpy as np
from sklearn.linear_model import LogisticRegression

n, d, classes, penalty = 150, 4, 3, 1e-2
random = np.random.default_rng(7)
y = random.choice(classes, n, p=[0.6, 0.3, 0.1])
x = np.round(random.normal(size=(n, d)) + random.normal(size=(classes, d))[y], 3)
model = LogisticRegression(C=1 / (penalty * n), tol=1e-10, max_iter=10000).fit(x, y)
bias = model.intercept_ - model.intercept_.mean()  # free up to a constant; the probe's sum to zero
print(n, d, classes, penalty)
for row, label in zip(x, y):
    print(*row, label)
for row, b in zip(model.coef_, bias):
    print(*np.round(row, 6), round(b, 6))
