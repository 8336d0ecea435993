using System.Text.Json.Serialization;

namespace MultiExit.Engine.Control;

/// <summary>The body of <c>POST /exits/{name}/disable</c>.</summary>
/// <param name="CutSessions">Whether live sessions end.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record DisableBody(bool CutSessions = false);
