namespace MultiExit.Engine.Configuration.Values;

/// <summary>Which tokens can be sent: they are part of the value of a header field (RFC 9110 section 5.5).</summary>
internal static class TokenText
{
    /// <summary>What is wrong with a token that cannot be sent; it does not show the token.</summary>
    public const string Problem = "the token goes into a header field; expected letters, digits and signs of ASCII, without blanks";

    /// <summary>Whether a token can be sent.</summary>
    public static bool IsValid(Secret token) => token.Reveal().IndexOfAnyExceptInRange((byte)'!', (byte)'~') < 0;
}
