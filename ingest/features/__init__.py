"""Features of words and of word pairs, from a table or a frequency list, and sets of predictors made from them."""

import hashlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated

from ingest.features.columns import Features, pair_columns, word_columns
from ingest.features.frequency import log10_frequencies
from ingest.features.rows import feature_rows, set_rows
from ingest.features.sets import members_of
from warehouse.ledger.fingerprints import fingerprint
from warehouse.load.stored import Stored
from warehouse.plugin.contents import Unit
from warehouse.plugin.registry import source

OF_THE_FILE = "that of the file"


@source(licence=OF_THE_FILE, citation=OF_THE_FILE)
def word_features(
    file: Annotated[Path, "CSV file with the columns sentence, word, and one column for each feature."],
    *,
    stored: Stored,
    corpus: Annotated[str, "Corpus that has the sentences."],
    name: Annotated[str, "Name of the set of predictors that the features become; by default the file's."] = "",
) -> Iterator[Unit]:
    """Load features of words, such as frequency or surprisal from elsewhere, to be predictors beside attention.

    A row names a word by the label of its sentence and its place in it, counted from 0; a column `text` may give the
    word itself, which is then compared. Every other column is a feature, numbers only, and becomes two predictors: its
    value at the word looked from and at the word looked to.

    `warehouse compute unique-variance --predictors norms` then asks what attention explains beyond those of norms.csv.

    Raises
    ------
    MissingInput
        There is no such file, or no row in it.
    BadInput
        The file is of another corpus, a value is no number, a word comes twice, or no sentence has all its words.

    Examples
    --------
    warehouse ingest word-features norms.csv --corpus reading_brain
    """
    yield _unit(file, corpus, name, word_columns(file, stored.stimulus(corpus)))


@source(licence=OF_THE_FILE, citation=OF_THE_FILE)
def pair_features(
    file: Annotated[Path, "CSV file with the columns sentence, from, to, and one column for each feature."],
    *,
    stored: Stored,
    corpus: Annotated[str, "Corpus that has the sentences."],
    name: Annotated[str, "Name of the set of predictors that the features become; by default the file's."] = "",
) -> Iterator[Unit]:
    """Load features of word pairs, such as syntactic distance, to be predictors beside attention.

    A row names a pair by the label of its sentence and the places of the word looked from and the word looked to,
    counted from 0; pairs that look ahead enter no regression and are not loaded. Every other column is a feature.

    `warehouse compute unique-variance --predictors distances` then asks what attention explains beyond distances.csv.

    Raises
    ------
    MissingInput
        There is no such file, or no row in it.
    BadInput
        The file is of another corpus, a value is no number, a pair comes twice, or no sentence has all its pairs.

    Examples
    --------
    warehouse ingest pair-features distances.csv --corpus reading_brain
    """
    yield _unit(file, corpus, name, pair_columns(file, stored.stimulus(corpus)))


@source(licence="Apache-2.0 (wordfreq), CC BY-SA 4.0 (its data)", citation="Speer (2022), wordfreq 3")
def word_frequency(
    *,
    stored: Stored,
    corpus: Annotated[str, "Corpus whose words are looked up."],
    language: Annotated[str, "Language of the frequency list, e.g. en."] = "en",
) -> Iterator[Unit]:
    """Look up how frequent the words of a corpus are, and load it as the feature log10_frequency.

    The frequencies are those of the package wordfreq (`pip install 'attention-warehouse[baselines]'`), the base-10
    logarithm of a word's share of running text, at least -9. Punctuation around a word is left out.

    `warehouse compute unique-variance --predictors frequency` then asks what attention explains beyond it.

    Raises
    ------
    BadInput
        The package is not installed, or has no list of the language.

    Examples
    --------
    warehouse ingest word-frequency --corpus reading_brain
    """
    features = log10_frequencies(stored.stimulus(corpus), language)
    digest = fingerprint({"language": language, "values": features.values["log10_frequency"].tolist()})
    yield Unit(f"{corpus}/log10_frequency", digest, partial(feature_rows, features, ""), of=1)


@source(licence="none", citation="none")
def predictor_set(
    name: Annotated[str, "Name of the new set."],
    *,
    stored: Stored,
    of: Annotated[tuple[str, ...], "A set that it is made of, or surprisal:MODEL; may be repeated."],
) -> Iterator[Unit]:
    """Combine sets of predictors under a name of its own.

    `warehouse compute unique-variance --predictors NAME` asks what attention explains beyond it.

    Raises
    ------
    UnknownName
        There is no such set or model.

    Examples
    --------
    warehouse ingest predictor-set mine --of baseline47 --of surprisal:llama-7b
    """
    members, new = members_of(stored, of)
    digest = fingerprint({"set": name, "of": list(of)})
    yield Unit(name, digest, partial(set_rows, name, of, members, new), of=1)


def _unit(file: Path, corpus: str, name: str, features: Features) -> Unit:
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    chosen = name or file.stem
    return Unit(f"{corpus}/{chosen}", digest, partial(feature_rows, features, chosen), files={file.name: digest}, of=1)
