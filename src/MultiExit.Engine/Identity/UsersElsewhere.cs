using System.Collections.Frozen;
using System.Net;
using System.Text;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Identity;

/// <summary>The users of one inbound that the configuration does not have.</summary>
/// <param name="source">Where they are.</param>
/// <param name="inbound">The inbound.</param>
/// <param name="reserved">The names of all users of the configuration. Nobody else may come in by one of them: limits, records and routes know users
/// by their names.</param>
/// <param name="time">The clock.</param>
internal sealed class UsersElsewhere(IUserSource source, string inbound, FrozenSet<string> reserved, TimeProvider time)
{
    // RFC 1929 has one octet for the length of each.
    private const int MaxName = 255;
    private const int MaxToken = 4096;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Whether a user is one of these.</summary>
    public bool Has(UserIdentity identity) => identity.Source == source && !reserved.Contains(identity.Name);

    /// <summary>Whether tokens may be asked about.</summary>
    public bool TakesTokens => source.TakesTokens;

    /// <summary>Asks about a name and a password.</summary>
    /// <exception cref="ProxyException">There is no answer.</exception>
    public async ValueTask<LoginResult> ByPasswordAsync(
        ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> password, IPAddress client, CancellationToken cancellationToken)
    {
        long began = time.GetTimestamp();
        // An empty password would prove nothing to a directory that takes it for a login of nobody in particular (RFC 4513 section 5.1.2).
        LoginResult result = !TryName(name.Span, out string text) || reserved.Contains(text) || password.IsEmpty || password.Span.Contains((byte)0)
            ? LoginResult.Wrong
            : await AskAsync(new(text, password, inbound, Plain(client)), "password", cancellationToken).ConfigureAwait(false);
        if (!result.IsOk) await LikeADenialAsync(began, cancellationToken).ConfigureAwait(false);
        return result;
    }

    /// <summary>Asks about a token.</summary>
    /// <exception cref="ProxyException">There is no answer.</exception>
    public async ValueTask<LoginResult> ByTokenAsync(ReadOnlyMemory<byte> token, IPAddress client, CancellationToken cancellationToken)
    {
        if (!TakesTokens || token.Length is 0 or > MaxToken || token.Span.IndexOfAnyExceptInRange((byte)'!', (byte)'~') >= 0) return LoginResult.Wrong;
        return await AskAsync(new(null, token, inbound, Plain(client)), "token", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits until a denial has taken as long as one of the back-end.</summary>
    /// <param name="began">From when on it counts.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask LikeADenialAsync(long began, CancellationToken cancellationToken)
    {
        TimeSpan left = source.UsualDenial - time.GetElapsedTime(began);
        if (left > TimeSpan.Zero) await Task.Delay(left, time, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<LoginResult> AskAsync(BackEndQuestion question, string shown, CancellationToken cancellationToken)
    {
        try
        {
            return Judge(await source.LogInAsync(question, cancellationToken).ConfigureAwait(false), shown);
        }
        catch (ProxyException exception) when (exception.Reason == ProxyError.AccessRefused)
        {
            return LoginResult.Unusable(exception.Message);
        }
    }

    private LoginResult Judge((BackEndUser User, string Credential)? found, string shown) => found is not { } known ? LoginResult.Wrong
        // What it answers was checked when it came; users may have been added to the configuration since.
        : reserved.Contains(known.User.Name) ? LoginResult.Wrong
        : new(LoginOutcome.Ok, new UserIdentity(known.User.Name, $"{shown}:{source.Type}", known.User.Groups)
        {
            Account = UserAccount.Of(source.Name, known.User.Name), BackEndUser = known.User, Source = source, Credential = known.Credential,
        });

    private static IPAddress Plain(IPAddress client) => client.IsIPv4MappedToIPv6 ? client.MapToIPv4() : client;

    private static bool TryName(ReadOnlySpan<byte> name, out string text)
    {
        text = "";
        if (name.Length is 0 or > MaxName) return false;
        try
        {
            text = Strict.GetString(name);
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
        return !text.Any(char.IsControl);
    }
}
