using System.Security.Cryptography;
using System.Text;
using MultiExit.Engine.Protocols.Tunnel;
using MultiExit.Engine.Server;

namespace MultiExit.Engine.Tests.Protocols.Tunnel;

/// <summary>Which keys are worth a warning.</summary>
public sealed class KeyStrengthTests
{
    [Theory]
    [InlineData("")]
    [InlineData("secret")]
    [InlineData("your-secret-key-here")] // of the file that is handed out with multiexit-proxy
    [InlineData("a-long-secret-of-both-sides")]
    [InlineData("CorrectHorseBatteryStapleAndSomeMore")]
    [InlineData("correct horse battery staple is known to everybody")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("Xy7!Xy7!Xy7!Xy7!Xy7!Xy7!Xy7!Xy7!Xy7!Xy7!")]
    [InlineData("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")]
    [InlineData("20260301203012012026030120301201")] // digits, 106 bits
    [InlineData("abc123def456abd789fed321cba654ab")] // runs without end
    [InlineData("xK9mQ2vLp7Rt")]
    [InlineData("base64:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public void Keys_that_people_think_of_are_weak(string key) => Assert.InRange(KeyStrength.Of(Encoding.UTF8.GetBytes(key)), 0, KeyStrength.Enough - 1);

    [Theory]
    [InlineData("9f86d081884c7d659a2feaa0c55ad015")] // 16 random bytes
    [InlineData("9f86d081884c7d659a2feaa0c55ad019")] // it ends as it begins
    [InlineData("9f86d081884c7d659a2feaa0c5678017")] // with a run
    [InlineData("qL9sT4vXw2RzK7mNp3YhB8c")]
    [InlineData("vhqkzrwpjtxmbgnsdlcfkqzwrtpxvnmd")]
    [InlineData("clang-onyx-tulip-drab-vocal-gecko-spent-ivory-mango-quilt-unfed")] // 11 words drawn from a list
    public void Keys_that_were_drawn_at_random_are_not(string key) => Assert.InRange(KeyStrength.Of(Encoding.UTF8.GetBytes(key)), KeyStrength.Enough, 1000);

    [Theory]
    [InlineData(32, "0123456789abcdef", 10)]
    [InlineData(24, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 200)] // what looks like words
    public void What_chance_puts_into_a_key_makes_hardly_any_of_ten_thousand_weak(int length, string alphabet, int most)
    {
        Random random = new(1);
        int weak = Enumerable.Range(0, 10_000)
            .Count(_ => KeyStrength.Of(Encoding.UTF8.GetBytes(random.GetString(alphabet, length))) < KeyStrength.Enough);
        Assert.InRange(weak, 0, most);
    }

    [Fact]
    public void What_generators_make_is_never_weak()
    {
        for (int i = 0; i < 1000; i++)
        {
            Assert.InRange(KeyStrength.Of(Encoding.UTF8.GetBytes(TunnelKey.Generate())), 200, 256);
            Assert.InRange(KeyStrength.Of(Encoding.UTF8.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)))), KeyStrength.Enough, 300);
        }
    }
}
