using System.Text.Json.Serialization;

namespace MultiExit.Engine.Dashboard;

/// <summary>The body of <c>POST /login</c>.</summary>
/// <param name="Name">The user.</param>
/// <param name="Password">The user's password.</param>
/// <param name="Token">The token, in place of both.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record LoginBody(string? Name = null, string? Password = null, string? Token = null)
{
    public const string Form = "{ \"name\": ..., \"password\": ... } or { \"token\": ... }";

    /// <inheritdoc/>
    public override string ToString() => Form;
}
