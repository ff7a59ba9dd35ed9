"""The terms of SHACL (Core and SPARQL, W3C Recommendation of 20 July 2017) and those of its notes that are not decided.

Imports nothing of the package.
"""

_UNDECIDED = """
    js jsFunctionName jsLibrary jsLibraryURL JSConstraint JSConstraintComponent JSExecutable JSFunction JSLibrary JSRule
    JSTarget JSTargetType JSValidator rule Rule Rules SPARQLRule TripleRule entailment target Target TargetType
    SPARQLTarget SPARQLTargetType SPARQLFunction Function expression ExpressionConstraintComponent filterShape nodes
    reifierShape reificationRequired targetWhere shape values
"""
_KNOWN = """
    AndConstraintComponent BlankNode BlankNodeOrIRI BlankNodeOrLiteral ClassConstraintComponent
    ClosedConstraintComponent ConstraintComponent DatatypeConstraintComponent DisjointConstraintComponent
    EqualsConstraintComponent HasValueConstraintComponent IRI IRIOrLiteral InConstraintComponent Info
    LanguageInConstraintComponent LessThanConstraintComponent LessThanOrEqualsConstraintComponent Literal
    MaxCountConstraintComponent MaxExclusiveConstraintComponent MaxInclusiveConstraintComponent
    MaxLengthConstraintComponent MinCountConstraintComponent MinExclusiveConstraintComponent
    MinInclusiveConstraintComponent MinLengthConstraintComponent NodeConstraintComponent NodeKind
    NodeKindConstraintComponent NodeShape NotConstraintComponent OrConstraintComponent Parameter Parameterizable
    PatternConstraintComponent PrefixDeclaration PropertyGroup PropertyShape PropertyConstraintComponent
    QualifiedMaxCountConstraintComponent QualifiedMinCountConstraintComponent ResultAnnotation SPARQLAskExecutable
    SPARQLAskValidator SPARQLConstraint SPARQLConstraintComponent SPARQLConstructExecutable SPARQLExecutable
    SPARQLSelectExecutable SPARQLSelectValidator SPARQLUpdateExecutable Severity Shape
    UniqueLangConstraintComponent ValidationReport ValidationResult Validator Violation Warning XoneConstraintComponent
    AbstractResult alternativePath and annotationProperty annotationValue annotationVarName ask class closed condition
    conforms construct datatype deactivated declare defaultValue description detail disjoint equals flags focusNode
    group hasValue ignoredProperties in intersection inversePath labelTemplate languageIn lessThan lessThanOrEquals
    maxCount maxExclusive maxInclusive maxLength message minCount minExclusive minInclusive minLength name namespace
    node nodeKind nodeValidator not object oneOrMorePath optional or order parameter path pattern predicate prefix
    prefixes property propertyValidator qualifiedMaxCount qualifiedMinCount qualifiedValueShape
    qualifiedValueShapesDisjoint result resultAnnotation resultMessage resultPath resultSeverity returnType select
    severity shapesGraph shapesGraphWellFormed sourceConstraint sourceConstraintComponent sourceShape sparql subject
    suggestedShapesGraph targetClass targetNode targetObjectsOf targetSubjectsOf this union uniqueLang update validator
    value xone zeroOrMorePath zeroOrOnePath
"""
UNDECIDED = frozenset(_UNDECIDED.split())
KNOWN = frozenset(_KNOWN.split())
