using System.Text.Json.Serialization;

namespace MultiExit.Engine.Control;

/// <summary>The body of <c>POST /stop</c>.</summary>
/// <param name="DrainTimeout">How long to wait for live sessions; null: <c>limits.drain_timeout</c>.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record StopBody(TimeSpan? DrainTimeout = null);
