using System.Text.Json.Serialization;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Control;

/// <summary>The body of every answer that is not a success.</summary>
/// <param name="Error">The kind of failure; stable, the error ids of the cmdlets.</param>
/// <param name="Message">A sentence for the operator.</param>
/// <param name="Errors">All faults of a configuration that is not valid; null for other failures.</param>
internal sealed record ControlError(
    string Error, string Message, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ConfigError>? Errors = null);
