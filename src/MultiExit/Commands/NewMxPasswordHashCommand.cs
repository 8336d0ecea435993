using System.Management.Automation;
using System.Security;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Hashing;

namespace MultiExit.Commands;

/// <summary>New-MxPasswordHash: makes the hash of a password, for <c>password_hash</c> of a user.</summary>
[Cmdlet(VerbsCommon.New, "MxPasswordHash")]
[OutputType(typeof(string))]
public sealed class NewMxPasswordHashCommand : MxCommand
{
    /// <summary>The password; asked for when it is not given.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public SecureString Password { get; set; } = new();

    /// <summary>What to hash with.</summary>
    [Parameter]
    [ValidateSet("argon2id", "scrypt", "bcrypt")]
    public string Algorithm { get; set; } = "argon2id";

    /// <summary>argon2id: memory in KiB.</summary>
    [Parameter]
    [ValidateRange(8, 262_144)]
    public int? Memory { get; set; }

    /// <summary>argon2id: passes over the memory.</summary>
    [Parameter]
    [ValidateRange(1, 1_000_000)]
    public int? Passes { get; set; }

    /// <summary>argon2id and scrypt: lanes.</summary>
    [Parameter]
    [ValidateRange(1, 16)]
    public int? Lanes { get; set; }

    /// <summary>scrypt and bcrypt: the cost, a logarithm.</summary>
    [Parameter]
    [ValidateRange(1, 24)]
    public int? Cost { get; set; }

    /// <summary>scrypt: the block size.</summary>
    [Parameter]
    [ValidateRange(1, 32)]
    public int? BlockSize { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        HashSettings settings = new(Enum.Parse<PasswordAlgorithm>(Algorithm, ignoreCase: true))
        {
            Memory = Memory, Passes = Passes, Lanes = Lanes, Cost = Cost, BlockSize = BlockSize,
        };
        Secret password = SecretOf.Text(Password);
        if (password.WhyNoHash(settings) is { } fault)
        {
            ThrowTerminatingError(NewError("HashNotMade", ErrorCategory.InvalidArgument, Algorithm, $"No hash is made: {fault}."));
        }
        WriteObject(password.Hash(settings).Reveal());
    }
}
