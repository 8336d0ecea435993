using System.Text.Json.Serialization;

namespace MultiExit.Engine.Control;

/// <summary>The body of <c>POST /cut</c>.</summary>
/// <param name="User">The user whose sessions and carriers end.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record CutBody(string? User = null);
