using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MultiExit.Engine.Hashing;

namespace MultiExit.Host;

/// <summary><c>multiexit hash</c>: the password comes from a prompt or from standard input. An argument would be seen by every user of the machine.</summary>
internal static class HashCommand
{
    private static readonly string[] Numbers = ["--memory", "--passes", "--lanes", "--cost", "--block-size"];

    /// <param name="args">The arguments behind the command.</param>
    /// <param name="readPassword">Reads the password; null: none came.</param>
    /// <param name="output">Gets the hash.</param>
    public static ExitCode Run(string[] args, Func<string?> readPassword, TextWriter output)
    {
        Options options = Options.Parse("hash", args, ["--algorithm", .. Numbers], []);
        HashSettings settings = new(AlgorithmOf(options.Single("--algorithm")))
        {
            Memory = Number(options, "--memory"),
            Passes = Number(options, "--passes"),
            Lanes = Number(options, "--lanes"),
            Cost = Number(options, "--cost"),
            BlockSize = Number(options, "--block-size"),
        };
        // What is wrong with the parameters is known before somebody types.
        if (settings.FaultOf("x"u8) is { } fault) throw new UsageException($"hash: {fault}");
        byte[] password = Encoding.UTF8.GetBytes(readPassword() ?? "");
        try
        {
            if (settings.FaultOf(password) is { } wrong) throw new UsageException($"hash: {wrong}");
            output.WriteLine(PasswordHash.Create(password, settings).Reveal());
        }
        finally
        {
            CryptographicOperations.ZeroMemory(password);
        }
        return ExitCode.Ok;
    }

    private static PasswordAlgorithm AlgorithmOf(string? text) => text switch
    {
        null or "argon2id" => PasswordAlgorithm.Argon2id,
        "scrypt" => PasswordAlgorithm.Scrypt,
        "bcrypt" => PasswordAlgorithm.Bcrypt,
        _ => throw new UsageException($"hash: --algorithm is {CommandLine.Shown(text)}; expected argon2id, scrypt or bcrypt"),
    };

    private static int? Number(Options options, string name)
    {
        if (options.Single(name) is not { } text) return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number : throw new UsageException($"hash: {name} is no whole number");
    }
}
