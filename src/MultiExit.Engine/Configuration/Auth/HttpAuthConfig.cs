namespace MultiExit.Engine.Configuration.Auth;

/// <summary>A back-end that is asked over HTTP, with a POST of JSON.</summary>
public sealed record HttpAuthConfig : AuthConfig
{
    /// <summary>The URL, <c>https://</c> or <c>http://</c> (key <c>url</c>); a secret, since its path or query may have a token in it.</summary>
    public required Secret Url { get; init; }

    /// <summary>What it knows this server by, sent as <c>Authorization: Bearer</c> (key <c>token</c>); null: nothing.</summary>
    public Secret? Token { get; init; }

    /// <summary>A CA file (key <c>ca</c>, PEM, absolute path) that alone is trusted; null: the system's.</summary>
    public string? CaFile { get; init; }

    /// <inheritdoc/>
    public override string Type => "http";

    /// <inheritdoc/>
    public override string Place => $"{Address.Scheme}://{Address.Authority}"; // the rest is the secret

    internal override bool TakesTokens => true;

    internal override bool IsInTheClear => Address.Scheme == Uri.UriSchemeHttp && !Address.IsLoopback;

    internal Uri Address => new(System.Text.Encoding.UTF8.GetString(Url.Reveal()));
}
