using MultiExit.Engine.Sharing;

namespace MultiExit.Engine.Tests.Sharing;

public sealed class QrTextTests
{
    [Fact]
    public void A_code_has_its_edge_and_its_three_finders()
    {
        bool[][] dark = Modules(QrText.Of("ss://x@h.example:8388"));
        int size = dark.Length;
        // ISO/IEC 18004: 17 + 4 * version modules, and an edge of 4 on each side.
        Assert.Equal(0, (size - 8 - 17) % 4);
        Assert.All(dark, row => Assert.Equal(size, row.Length));
        Assert.All(Enumerable.Range(0, size), i => Assert.False(dark[3][i] || dark[i][3] || dark[size - 4][i] || dark[i][size - 4]));
        foreach ((int y, int x) in (ReadOnlySpan<(int, int)>)[(4, 4), (4, size - 11), (size - 11, 4)])
        {
            for (int i = 0; i < 7; i++)
            {
                Assert.True(dark[y][x + i] && dark[y + 6][x + i] && dark[y + i][x] && dark[y + i][x + 6]);
                if (i is > 0 and < 6) Assert.False(dark[y + 1][x + i] || dark[y + 5][x + i]);
            }
        }
        // The timing patterns alternate.
        for (int i = 12; i < size - 12; i++) Assert.Equal(i % 2 == 0, dark[10][i]);
    }

    [Fact]
    public void What_no_code_can_hold_is_an_error() =>
        Assert.Throws<ArgumentException>(() => QrText.Of(new string('a', QrText.MaxLength + 1)));

    [Fact]
    public void The_longest_text_has_a_code() => Assert.Equal(177 + 8, Modules(QrText.Of(new string('a', QrText.MaxLength))).Length);

    // Each character is two modules, one above the other; light ones are drawn.
    private static bool[][] Modules(string code)
    {
        List<bool[]> rows = [];
        foreach (string line in code.Split('\n'))
        {
            rows.Add([.. line.Select(c => c is '\u2584' or ' ')]);
            rows.Add([.. line.Select(c => c is '\u2580' or ' ')]);
        }
        // The number of rows is odd: below the last one there is nothing.
        rows.RemoveAt(rows.Count - 1);
        return [.. rows];
    }
}
