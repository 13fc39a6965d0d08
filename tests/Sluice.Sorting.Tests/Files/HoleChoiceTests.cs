namespace Sluice.Sorting.Tests;

public class HoleChoiceTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(0.1);
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(1);

    [Fact]
    public void Holes_that_only_work_are_made_however_long_they_take()
    {
        HoleChoice choice = new(() => 1);
        for (int i = 0; i < 100; i++)
        {
            Assert.True(choice.IsWorthwhile());
            choice.Took(i % 2 == 0 ? Long : Short, hasWaited: false);
        }
    }

    [Fact]
    public void One_that_waits_by_chance_tells_nothing()
    {
        HoleChoice choice = new(() => 1);
        for (int i = 0; i < 64; i++)
        {
            choice.Took(i % 16 == 0 ? Long : Short, hasWaited: i % 16 == 0);
            Assert.True(choice.IsWorthwhile());
        }
    }

    // As one file system does it, each waits; as another, the first of a file waits for the whole file.
    [Theory]
    [InlineData(1, 1)]
    [InlineData(8, 80)]
    public void Holes_that_wait_for_longer_than_they_work_are_put_off(int holesPerFile, int waitsAsLongAs)
    {
        HoleChoice choice = new(() => 1);
        for (int i = 0; i < 2 * holesPerFile; i++)
        {
            bool waits = i % holesPerFile == 0;
            choice.Took(waits ? waitsAsLongAs * Short : Short, waits);
        }

        Assert.False(choice.IsWorthwhile());
    }

    [Fact]
    public void Now_and_then_one_is_tried_and_all_are_made_again_when_they_have_ceased_to_wait()
    {
        HoleChoice choice = new(() => 1);
        choice.Took(Long, hasWaited: true);
        choice.Took(Long, hasWaited: true);
        int asked = 0;
        int tried = 0;
        for (; tried < 16; asked++)
        {
            if (choice.IsWorthwhile())
            {
                choice.Took(Short, hasWaited: false);
                tried++;
            }
        }

        Assert.InRange(asked, 10 * 64, 16 * 64);
        Assert.All(Enumerable.Range(0, 100), _ => Assert.True(choice.IsWorthwhile()));
    }

    [Theory]
    [InlineData(0.24, true)]
    [InlineData(0.26, false)]
    public void Room_is_short_below_a_quarter(double free, bool expected) =>
        Assert.Equal(expected, new HoleChoice(() => free).IsRoomShort);
}
