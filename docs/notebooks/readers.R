# What readers.ipynb asks, from R: install.packages(c("DBI", "RPostgres")).
#
# The address comes from `warehouse db url`, which is not to find the libraries that R sets the path to. The tests ask each
# question of the simulated study; R itself is not in them.

library(DBI)

url <- system2("warehouse", c("db", "url"), stdout = TRUE, env = "LD_LIBRARY_PATH=")
part <- regmatches(url, regexec("^postgresql://([^:]+):([^@]+)@([^:]+):([0-9]+)/([^?]+)", url))[[1]][-1]
con <- dbConnect(
  RPostgres::Postgres(),
  user = part[1], password = URLdecode(part[2]), host = part[3], port = as.integer(part[4]), dbname = part[5]
)

corpus <- "simulated"
group <- "L1"
measure <- "saccade_count/consecutive"

# Who read, and who is left out.
readers <- dbGetQuery(con, "SELECT * FROM mart.reader WHERE corpus = $1", list(corpus))
table(readers$language_group)
dbGetQuery(con, "SELECT subject_label, excluded_because FROM mart.exclusion WHERE corpus = $1", list(corpus))

# Reading measures by word: first over readers, then over words.
words <- dbGetQuery(
  con,
  "SELECT subject_label, gaze_duration_ms FROM mart.reading_measure WHERE corpus = $1 AND language_group = $2",
  list(corpus, group)
)
summary(aggregate(gaze_duration_ms ~ subject_label, words, mean)$gaze_duration_ms)

# How well readers tell each other.
dbGetQuery(
  con,
  "SELECT ceiling_kind, ceiling FROM mart.noise_ceiling WHERE corpus = $1 AND language_group = $2 AND measure = $3",
  list(corpus, group, measure)
)

# How well a model does, by layer.
curve <- dbGetQuery(
  con,
  "SELECT layer, r2, ceiling, resemblance FROM mart.layer_curve
   WHERE corpus = $1 AND language_group = $2 AND measure = $3 AND model = $4 ORDER BY layer",
  list(corpus, group, measure, "simulated-large")
)
plot(resemblance ~ layer, curve, type = "b")

dbDisconnect(con)
