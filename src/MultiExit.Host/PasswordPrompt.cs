using System.Text;

namespace MultiExit.Host;

/// <summary>Reads a password from standard input: at a terminal twice, without an echo; from a pipe or a file the first line.</summary>
internal static class PasswordPrompt
{
    /// <exception cref="UsageException">The two that were typed differ.</exception>
    public static string? Read()
    {
        if (Console.IsInputRedirected) return Console.In.ReadLine();
        string first = Ask("Password: ");
        return Ask("Again: ") == first ? first : throw new UsageException("hash: the two passwords differ");
    }

    // The prompt goes to standard error: the output is the hash alone.
    private static string Ask(string prompt)
    {
        Console.Error.Write(prompt);
        StringBuilder text = new();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key != ConsoleKey.Backspace) text.Append(key.KeyChar == '\0' ? "" : key.KeyChar);
            else if (text.Length > 0) text.Length--;
        }
        Console.Error.WriteLine();
        return text.ToString();
    }
}
