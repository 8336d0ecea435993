using System.Text.Json.Serialization;

namespace MultiExit.Engine.Control;

/// <summary>The body of <c>POST /exits/{name}/probe</c>.</summary>
/// <param name="Target">The target to probe; null: the target of the health check.</param>
/// <param name="Timeout">How long it may take; null: as the health check.</param>
/// <param name="ExternalAddress">Whether the target is asked for the address that it sees.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ProbeBody(string? Target = null, TimeSpan? Timeout = null, bool ExternalAddress = false);
