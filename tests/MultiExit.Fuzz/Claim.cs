using System.Runtime.CompilerServices;

namespace MultiExit.Fuzz;

/// <summary>The checks of the targets.</summary>
internal static class Claim
{
    public static void That(bool holds, string claim)
    {
        if (!holds) throw new FuzzFailureException(claim);
    }

    public static void Same<T>(T expected, T found, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, found)) throw new FuzzFailureException($"{what}: '{expected}' became '{found}'");
    }

    public static void SameBytes(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> found, string what)
    {
        if (expected.SequenceEqual(found)) return;
        throw new FuzzFailureException($"{what}: {Convert.ToHexString(expected)} became {Convert.ToHexString(found)}");
    }

    /// <summary>Checks that a value of an enumeration is a declared one.</summary>
    public static void Declared<T>(T value, [CallerArgumentExpression(nameof(value))] string what = "")
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value)) throw new FuzzFailureException($"{what} is {value}, which is no declared value");
    }
}
