using System.Globalization;

namespace MultiExit.Soak;

/// <summary>The command line: names as PowerShell has them, in any case, with one dash or two.</summary>
/// <param name="Minutes">How long faults and load go on.</param>
/// <param name="Seed">What the random numbers begin with.</param>
/// <param name="Downloads">So many downloads through an ECH tunnel in the plain format in place of everything else; 0: none.</param>
internal sealed record Options(double Minutes, int Seed, int Downloads)
{
    public const string Usage = """
        soak [-Minutes N] [-Seed N]   loads servers for N minutes (5) while faults befall them; with the seed of an earlier run in its order
        soak -Downloads N             N downloads of 60 MB, six at a time, through an ECH tunnel in the plain format
        """;

    /// <summary>Null: that is no command line of this program.</summary>
    public static Options? Read(string[] args)
    {
        Options options = new(5, Random.Shared.Next(), 0);
        CultureInfo culture = CultureInfo.InvariantCulture;
        for (int at = 0; at < args.Length; at += 2)
        {
            string value = at + 1 < args.Length ? args[at + 1] : "";
            switch (args[at].TrimStart('-').ToUpperInvariant())
            {
                case "MINUTES" when double.TryParse(value, NumberStyles.AllowDecimalPoint, culture, out double minutes) && minutes > 0:
                    options = options with { Minutes = minutes };
                    break;
                case "SEED" when int.TryParse(value, NumberStyles.AllowLeadingSign, culture, out int seed):
                    options = options with { Seed = seed };
                    break;
                case "DOWNLOADS" when int.TryParse(value, NumberStyles.None, culture, out int downloads) && downloads > 0:
                    options = options with { Downloads = downloads };
                    break;
                default:
                    return null;
            }
        }
        return options;
    }
}
