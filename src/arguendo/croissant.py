"""croissant.json of the built dataset: what is in it, for machines (Croissant 1.1, with RAI 1.0 fields).

Made from the same content as the card. Each split of a config is a record set; a list of structs is a
repeated field with one sub-field a column, taken from the Parquet column by JSON path.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from arguendo.card import DATASET_DATE, DATASET_VERSION, Content, DataFile, describe

_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_TYPES = {"string": "sc:Text", "int32": "sc:Integer", "bool": "sc:Boolean"}
_RAI = {
    "rai:dataCollection": (
        "Opinions published by courts, from public repositories at fixed commits; chosen by a rule that "
        "knows no labels. Made-up opinions and passages were written by a language model and have record "
        "sets of their own."
    ),
    "rai:dataAnnotationProtocol": (
        "Two passes by instances of one language model that saw written guidelines and the text alone; a "
        "third instance decided what they differ in. No person has checked the labels."
    ),
    "rai:dataAnnotationAnalysis": "Figures of agreement by round, with intervals, stand in the card.",
    "rai:dataBiases": (
        "Federal appellate opinions weigh most; labels share the habits of one language model, and the "
        "agreement of its instances is higher than that of people would be."
    ),
    "rai:dataLimitations": "Few opinions, no random sample; scores on the test split have wide intervals.",
    "rai:dataUseCases": (
        "Training and testing systems that find and link arguments, holdings and rebuttals."
    ),
    "rai:dataSocialImpact": (
        "Not for legal advice, for rating judges, lawyers or parties, or for predicting cases of people."
    ),
    "rai:personalSensitiveInformation": (
        "Opinions name people and tell of crime, health, family and money as the courts published them."
    ),
    "rai:dataReleaseMaintenancePlan": (
        "Versions with a change log; requests to remove are met in the next version."
    ),
}


def croissant(content: Content) -> dict[str, Any]:
    """The description as JSON-LD."""
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "name": "arguendo",
        "description": "Arguments, holdings and rebuttals in US court opinions, and the links between them.",
        "conformsTo": [
            "http://mlcommons.org/croissant/1.1",
            "http://mlcommons.org/croissant/RAI/1.0",
        ],
        "citeAs": f"The arguendo maintainers. arguendo {DATASET_VERSION}, 2026.",
        "creator": {"@type": "sc:Organization", "name": "The arguendo maintainers"},
        "datePublished": DATASET_DATE,
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "url": "https://huggingface.co/datasets/arguendo/arguendo",
        "version": DATASET_VERSION,
        **_RAI,
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": file.path,
                "name": file.path.replace("/", "-"),
                "contentUrl": file.path,
                "contentSize": f"{file.size} B",
                "encodingFormat": "application/x-parquet",
                "sha256": file.sha256,
            }
            for file in content.files
        ],
        "recordSet": [_record_set(file, content.features[file.config]) for file in content.files],
    }


def _record_set(file: DataFile, features: Mapping[str, Any]) -> dict[str, Any]:
    name = f"{file.config}-{file.split}"
    fields = [_field(f"{name}/{column}", file.path, column, feature) for column, feature in features.items()]
    what = f"{describe(file.config)}; split {file.split}"
    return {"@type": "cr:RecordSet", "@id": name, "name": name, "description": what, "field": fields}


def _field(id_: str, path: str, column: str, feature: Any) -> dict[str, Any]:
    repeated = hasattr(feature, "feature")
    inner = feature.feature if repeated else feature
    field: dict[str, Any] = {"@type": "cr:Field", "@id": id_, "name": column}
    if isinstance(inner, Mapping):
        field["subField"] = [*_sub_fields(id_, path, column, inner)]
    else:
        field |= {"dataType": _type(inner), "source": _source(path, column)}
    if hasattr(inner, "names"):
        field["description"] = f"class labels by number: {', '.join(inner.names)}"
    return field | ({"repeated": True} if repeated else {})


def _sub_fields(id_: str, path: str, column: str, struct: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name, feature in struct.items():
        listed = hasattr(feature, "feature")
        inner = feature.feature if listed else feature
        field = {"@type": "cr:Field", "@id": f"{id_}/{name}", "name": f"{column}/{name}"}
        if hasattr(inner, "names"):
            field["description"] = f"class labels by number: {', '.join(inner.names)}"
        yield field | {"dataType": _type(inner), "source": _source(path, column, name)}


def _source(path: str, column: str, part: str | None = None) -> dict[str, Any]:
    source: dict[str, Any] = {"fileObject": {"@id": path}, "extract": {"column": column}}
    return source if part is None else source | {"transform": {"jsonPath": part}}


def _type(feature: Any) -> str:
    return "sc:Integer" if hasattr(feature, "names") else _TYPES[feature.dtype]
