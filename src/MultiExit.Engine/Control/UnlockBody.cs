using System.Net;
using System.Text.Json.Serialization;

namespace MultiExit.Engine.Control;

/// <summary>The body of <c>POST /unlock</c>.</summary>
/// <param name="Client">An address of the client; null: all.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record UnlockBody(IPAddress? Client = null);
