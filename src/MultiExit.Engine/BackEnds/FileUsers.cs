using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using MultiExit.Engine.Configuration.Auth;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Hashing;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Tls;

namespace MultiExit.Engine.BackEnds;

/// <summary>The users of a file of names and hashes. What is wrong at a read leaves those of before in force.</summary>
internal sealed class FileUsers : IUserSource, IFromFiles
{
    private readonly FileAuthConfig _config;
    private readonly PasswordVerifier _verifier;
    private readonly TimeProvider _time;
    private readonly UsualTime _denials = new();
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private volatile Content _content;

    /// <param name="config">What is configured of it.</param>
    /// <param name="verifier">Computes hashes.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ProxyException">The file cannot be read, or is not valid.</exception>
    public FileUsers(FileAuthConfig config, PasswordVerifier verifier, TimeProvider time)
    {
        _time = time;
        _config = config;
        _verifier = verifier;
        _content = Load();
    }

    /// <summary>Called with the key of a credential that had been good and is no more.</summary>
    public Action<string>? TakenBack { get; init; }

    /// <inheritdoc/>
    public string Name => _config.Name;

    /// <inheritdoc/>
    public string Type => _config.Type;

    /// <inheritdoc/>
    public bool TakesTokens => false;

    /// <inheritdoc/>
    public TimeSpan UsualDenial => _denials.Value;

    /// <inheritdoc/>
    public IReadOnlyList<string> Files => [_config.File];

    /// <summary>The names of the users.</summary>
    public IEnumerable<string> Names => _content.Users.Keys;

    /// <inheritdoc/>
    public async ValueTask<(BackEndUser User, string Credential)?> LogInAsync(BackEndQuestion question, CancellationToken cancellationToken)
    {
        long began = _time.GetTimestamp();
        while (question.Name is { } name)
        {
            Content asked = _content;
            PasswordHash? hash = asked.Users.GetValueOrDefault(name);
            if ((hash ?? asked.Decoy) is not { } compared) return null;
            bool matches = await _verifier.VerifyAsync(compared, question.Secret, question.Client, cancellationToken).ConfigureAwait(false);
            if (!matches || hash is null)
            {
                _denials.Note(_time.GetElapsedTime(began));
                return null;
            }
            // A check may take long enough for the file to change meanwhile.
            if (hash.Equals(_content.Users.GetValueOrDefault(name))) return (new BackEndUser(name), CredentialOf(name, hash));
        }
        return null;
    }

    /// <inheritdoc/>
    public void Refresh()
    {
        FrozenDictionary<string, PasswordHash> before = _content.Users;
        _content = Load();
        foreach ((string name, PasswordHash hash) in before)
            if (!hash.Equals(_content.Users.GetValueOrDefault(name))) TakenBack?.Invoke(CredentialOf(name, hash));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private Content Load()
    {
        FrozenDictionary<string, PasswordHash> users = PasswordFile.Read(_config.File);
        return new Content(users, PasswordHash.Decoy(users.Values));
    }

    private string CredentialOf(string name, PasswordHash hash) =>
        Convert.ToBase64String(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{name}\0{hash.Reveal()}")));

    private sealed record Content(FrozenDictionary<string, PasswordHash> Users, PasswordHash? Decoy);
}
