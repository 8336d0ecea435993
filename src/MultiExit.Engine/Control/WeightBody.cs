using System.Text.Json.Serialization;

namespace MultiExit.Engine.Control;

/// <summary>The body of <c>POST /exits/{name}/weight</c>.</summary>
/// <param name="Weight">1 to 1000; required.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record WeightBody(int? Weight = null);
