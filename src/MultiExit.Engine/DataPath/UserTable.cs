using System.Net;
using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Hashing;
using MultiExit.Engine.Identity;

namespace MultiExit.Engine.DataPath;

/// <summary>The users of an inbound. Immutable; an unknown name takes as long as a wrong password.</summary>
/// <param name="users">The users.</param>
/// <param name="verifier">Computes hashes; null: one of its own.</param>
internal sealed class UserTable(IEnumerable<UserConfig> users, PasswordVerifier? verifier = null)
{
    private readonly Dictionary<string, UserConfig> _users = users.ToDictionary(user => user.Name, StringComparer.Ordinal);
    private readonly PasswordVerifier _verifier = verifier ?? new PasswordVerifier(TimeProvider.System);
    // Compared with when the user is unknown.
    private readonly Secret _nobody = Secret.Random();
    private readonly PasswordHash? _decoy = PasswordHash.Decoy(users.Select(user => user.PasswordHash).OfType<PasswordHash>());

    /// <summary>True when no credentials are asked for.</summary>
    public bool IsEmpty => _users.Count == 0;

    /// <summary>Checks credentials as they came over the wire (UTF-8).</summary>
    /// <param name="name">The name.</param>
    /// <param name="password">The password.</param>
    /// <param name="client">Who logs in.</param>
    /// <param name="cancellationToken">Ends the wait for a hash.</param>
    /// <returns>The user's name, or null.</returns>
    /// <exception cref="ProxyException"><see cref="ProxyError.Overloaded"/>: too many logins wait for their hash.</exception>
    public async ValueTask<string?> AuthenticateAsync(
        ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> password, IPAddress client, CancellationToken cancellationToken)
    {
        string text = Encoding.UTF8.GetString(name.Span);
        UserConfig? user = _users.GetValueOrDefault(text);
        if (user is not { PasswordHash: { } hash })
        {
            bool matches = (user?.Password ?? _nobody).Matches(password.Span);
            if (matches && user is not null) return text;
            // Where others have hashes, so that the time does not tell them apart.
            if (_decoy is not null) await _verifier.VerifyAsync(_decoy, password, client, cancellationToken).ConfigureAwait(false);
            return null;
        }
        return await _verifier.VerifyAsync(hash, password, client, cancellationToken).ConfigureAwait(false) ? text : null;
    }
}
